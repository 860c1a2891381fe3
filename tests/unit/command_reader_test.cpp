// What a part does, command by command, as psql would: "2:1 select 1" for a statement with its
// place, "copy ... < data", "echo ...", then the ids of findings with their lines.
#include "engine/sql/command_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "cmd/signals.h"
#include "engine/project/checksum.h"
#include "engine/project/part.h"
#include "engine/sql/written_out.h"
#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

std::string dump(const Part& part) {
  std::string text;
  CommandReader reader(part);
  while (const auto command = reader.next()) {
    if (!command->is_sent()) {
      text += "echo " + command->echo;
      continue;
    }
    const Place place = place_of(part, *command);
    text += (place.file == "1_a.sql" ? "" : place.file + ":") + std::to_string(place.line) + ":" +
            std::to_string(place.column) + " " + std::string(sql_of(part, *command));
    if (command->runs_its_result()) text += " | gexec";
    if (command->kind == CommandKind::copy) text += " < " + std::string(data_of(part, *command));
    if (!text.ends_with('\n')) text += "\n";
  }
  for (const Finding& finding : reader.findings())
    text += finding.id + "@" + std::to_string(finding.place->line) + "\n";
  return text;
}

std::string dump(const std::string& sql, const ScriptVariables& variables = {}) {
  const Part part{.file = "1_a.sql", .text = sql, .variables = variables};
  return dump(part);
}

struct Case {
  std::string sql;
  std::string commands;
};

TEST(CommandReader, PutsPlaceholdersInWhereTheFileAsksForThem) {
  const ScriptVariables variables{
      {"A", "it's"}, {"B", "back\\slash"}, {"N", "-- \n'"}, {"Q", "a\"b"}, {"R", "${A} :A"}};
  const std::vector<Case> cases = {
      {"select ${A}, '<${A}>', \"${Q}\", E'${A}${B}', ${B};",
       "1:1 select 'it''s', '<it''s>', \"a\"\"b\", E'it''sback\\\\slash',  E'back\\\\slash'\n"},
      {"select '$${A}', 1 -- ${A}\n, ${R}, '${1}', '${}', '${A', x[1:2];",
       "1:1 select '${A}', 1 -- ${A}\n, '${A} :A', '${1}', '${}', '${A', x[1:2]\n"},
      {"select 'x' -- ${N}\n '${N}', n'${A}';", "1:1 select 'x' -- ${N}\n '-- \n''', n'it''s'\n"},
      {"select 'x' -- it's ${N}\n '${A}';", "1:1 select 'x' -- it's ${N}\n 'it''s'\n"},
      {"select 'x'${A};", "1:1 select 'x'${A}\nvariable-place@1\n"},
      {"select ${A}${B};\nselect ${A}:'A';",
       "1:1 select ${A}${B}\n2:1 select ${A}'it''s'\nvariable-place@1\nvariable-place@1\n"
       "variable-place@2\n"},
      {"set standard_conforming_strings = off; select '\\'${A}', '${B}\\'';",
       "1:1 set standard_conforming_strings = off\n"
       "1:40 select '\\'it''s', 'back\\\\slash\\''\n"},
      {"select ${NO}, '${NO}';", "1:1 select ${NO}, '${NO}'\nvariable-unset@1\n"},
      {"do $$ begin ${A} end $$;\nselect U&'${A}';",
       "1:1 do $$ begin ${A} end $$\n2:1 select U&'${A}'\nvariable-place@1\nvariable-place@2\n"},
      {"do $$ begin ${} end $$;", "1:1 do $$ begin ${} end $$\n"},
      {"copy t from stdin;\n${A}\n\\.\n", "1:1 copy t from stdin < ${A}\n"},
  };
  for (const Case& one : cases) {
    Part part{.file = "1_a.sql", .text = one.sql, .variables = variables};
    part.directives.variables = true;
    EXPECT_EQ(dump(part), one.commands) << one.sql;
  }
  EXPECT_EQ(dump("select '${A}';", variables), "1:1 select '${A}'\n");
}

TEST(CommandReader, DoesWhatPsqlDoes) {
  const std::vector<Case> cases = {
      {"select 1; select 2", "1:1 select 1\n1:11 select 2\n"},
      {"\\restrict abc\nselect 1;\n\\unrestrict abc\n", "2:1 select 1\n"},
      {"\\echo hello   'a  b' \"c d\"\n\\qecho -n x\n", "echo hello a  b \"c d\"\necho x"},
      {"\\set a 1\nselect :a, :'a', :\"a\";", "2:1 select 1, '1', \"1\"\n"},
      {"\\set a ':b + :''c'''\n\\set b ':c'\n\\set c 1\nselect :a;", "4:1 select 1 + '1'\n"},
      {"\\set a 'x + :a - :b'\n\\set b ':a'\nselect :a;", "3:1 select x + :a - :a\n"},
      {"\\set a it''s 'it''s'\nselect :'a';", "2:1 select 'itsit''s'\n"},
      {"\\set a 'back\\\\slash'\nselect :'a';", "2:1 select  E'back\\\\slash'\n"},
      {"\\set a 1\n\\unset a\nselect x[1:a], y::int, ':a', $$:a$$ -- :a\n;",
       "3:1 select x[1:a], y::int, ':a', $$:a$$\n"},
      {"\\set a t\ncopy :a from stdin;\n1\n\\.\nselect 1;",
       "2:1 copy t from stdin < 1\n5:1 select 1\n"},
      {"\\copy t (a, b) from stdin with csv\n1,2\n\\.\nselect 1;",
       "1:1 COPY t (a, b) from STDIN with csv < 1,2\n4:1 select 1\n"},
      {"\\if true\nselect 1;\n\\else\nselect 2;\n\\endif\n", "2:1 select 1\n"},
      {"\\if off\nselect 1;\n\\elif 1\nselect 2;\n\\elif yes\nselect 3;\n\\else\nselect "
       "4;\n\\endif",
       "4:1 select 2\n"},
      {"\\if 0\n\\if nonsense\nselect 1;\n\\else\nselect 2;\n\\endif\n\\endif\nselect 3;",
       "8:1 select 3\n"},
      {"\\set x 1\n\\if :{?x}\nselect 1;\n\\endif\n\\if :{?y}\nselect 2;\n\\endif",
       "3:1 select 1\n"},
      {"select 'create database x' \\gexec\nselect 1 \\g\nselect 2 \\gx\n",
       "1:1 select 'create database x' | gexec\n2:1 select 1\n3:1 select 2\n"},
      {"\\set ON_ERROR_STOP on\n\\set ON_ERROR_STOP\n\\timing\n\\pset pager off\nselect 1;",
       "5:1 select 1\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(dump(c.sql), c.commands) << c.sql;
}

TEST(CommandReader, RefusesWhatItCannotDoAsPsqlWould) {
  const std::vector<Case> cases = {
      {"\\connect other\n", "meta-command@1\n"},
      {"\\c\n", "meta-command@1\n"},
      {"\\! ls\n", "meta-command@1\n"},
      {"\\set a `ls`\n", "meta-command@1\n"},
      {"\\echo a \\echo b\n", "meta-command@1\n"},
      {"\\frobnicate\n", "meta-command@1\n"},
      {"\\dt\n", "meta-command@1\n"},
      {"\\set ON_ERROR_STOP off\n", "meta-command@1\n"},
      {"\\set AUTOCOMMIT off\n", "meta-command@1\n"},
      {"\\set a ':b:b:b:b'\n\\set b ':c:c:c:c'\n\\set c ':d:d:d:d'\n\\set d ':e:e:e:e'\n"
       "\\set e ':f:f:f:f'\n\\set f ':g:g:g:g'\n\\set g ''\nselect 1:a;",
       "8:1 select 1:b:b:b:b\nvariable-splits@8\n"},
      {"\\pset pager off \\\\ select 1;\n", "meta-command@1\n"},
      {"\\restrict a \\\\ select 1;\n", "meta-command@1\n"},
      {"\\pset fieldsep '\\t'\nselect 1;\n", "2:1 select 1\n"},
      {"\\if yes\n\\else \\\\ select 1;\n\\endif \\echo x\n", "meta-command@2\nmeta-command@3\n"},
      {"\\if no\nset standard_conforming_strings = off;\n\\endif\nselect 'a\\'; select 1;",
       "4:1 select 'a\\'\n4:14 select 1\n"},
      {"\\copy t from stdin; -- a semicolon\n1\n\\.\n", "1:1 COPY t from STDIN < 1\n"},
      {"\\copy t from stdin csv -- why\n1\n\\.\n", "1:1 COPY t from STDIN csv < 1\n"},
      {"\\copy t from stdin; select 1;\n", "meta-command@1\n"},
      {"\\copy t from x (\n", "meta-command@1\n"},
      {"\\copy t to 'x'\n", "meta-command@1\n"},
      {"\\copy t from program 'ls'\n", "meta-command@1\n"},
      {"select 1 \\gset\n;", "1:1 select 1\nmeta-command-in-statement@1\n"},
      {"select 1 \\g out.txt\n;", "1:1 select 1\nmeta-command-in-statement@1\n"},
      {"\\gexec\n", "meta-command@1\n"},
      {"\\if maybe\n\\endif\n", "meta-command@1\n"},
      {"\\else\n\\endif\n", "meta-command@1\nmeta-command@2\n"},
      {"\\if true\n", "unterminated-if@1\n"},
      {"select :'a';", "1:1 select :'a'\nvariable-unset@1\n"},
      {"select :DBNAME;", "1:1 select :DBNAME\nvariable-unset@1\n"},
      {"\\set a '1; select 2'\nselect :a;", "2:1 select 1; select 2\nvariable-splits@2\n"},
      {"\\set a \"'\"\nselect :a", "2:1 select \"'\"\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(dump(c.sql), c.commands) << c.sql;
}

TEST(CommandReader, PlacesWhatStandsBehindAVariable) {
  const Part part{.file = "1_a.sql",
                  .text = "select :a, nope from :a;",
                  .variables = {{"a", "something long"}}};
  const auto command = CommandReader(part).next();
  const std::string sql(sql_of(part, *command));
  EXPECT_EQ(place_of(part, *command, sql.find("nope")).column, 12U);
  EXPECT_EQ(place_of(part, *command, sql.find("something")).column, 8U);
  EXPECT_EQ(place_of(part, *command, sql.rfind("long")).column, 22U);
}

class Includes : public ::testing::Test {
 protected:
  Part part(const std::string& name) {
    findings_.clear();
    const IncludedFiles included(folder_.path(), folder_.path(), {}, {{"who", "you"}});
    std::ostringstream text;
    text << std::ifstream(folder_.path() / name).rdbuf();
    return make_part(name, text.str(), 1, included, findings_);
  }

  TempFolder folder_;
  std::vector<Finding> findings_;
};

TEST_F(Includes, AreReadWhereTheyStand) {
  folder_.write("m/1.sql",
                "select 1;\n\\ir parts/x.sql\n\\i data/y.sql\n\\copy t from data/t.csv csv\n");
  folder_.write("m/parts/x.sql", "\\set who me\n\\ir z.sql\n");
  folder_.write("m/parts/z.sql", "select 'z';");
  folder_.write("data/y.sql", "select :'who';");
  folder_.write("data/t.csv", "1\n");
  const Part read = part("m/1.sql");
  EXPECT_TRUE(findings_.empty()) << findings_[0].message;
  EXPECT_EQ(dump(read),
            "m/1.sql:1:1 select 1\nm/parts/z.sql:1:1 select 'z'\ndata/y.sql:1:1 select 'me'\n"
            "m/1.sql:4:1 COPY t from STDIN csv < 1\n");
  EXPECT_EQ(read.statement_count, 4U);
  EXPECT_EQ(written_out(read),
            "select 1;\nselect 'z';\nselect 'me';\nCOPY t from STDIN csv;\n1\n\\.\n");
  Part alone{.file = "1_a.sql", .text = written_out(read)};
  EXPECT_EQ(dump(alone),
            "1:1 select 1\n2:1 select 'z'\n3:1 select 'me'\n"
            "4:1 COPY t from STDIN csv < 1\n");
}

TEST_F(Includes, ReadBackslashesAsTheFilesBeforeThemSaid) {
  folder_.write("1.sql",
                "set standard_conforming_strings = off;\n\\i x.sql\nselect 'a\\'; select 1;");
  folder_.write("x.sql", "select 'it\\'s;';\nreset all;");
  EXPECT_EQ(dump(part("1.sql")),
            "1.sql:1:1 set standard_conforming_strings = off\nx.sql:1:1 select 'it\\'s;'\n"
            "x.sql:2:1 reset all\n1.sql:3:1 select 'a\\'\n1.sql:3:14 select 1\n");
}

TEST_F(Includes, EndTheDataOfAFileAtItsMark) {
  folder_.write("1.sql", "\\copy t from 'rows'\nselect 1;\n");
  folder_.write("rows", "1\n\\.\n");
  const Part read = part("1.sql");
  EXPECT_EQ(written_out(read), "COPY t from STDIN;\n1\n\\.\nselect 1;\n");
  folder_.write("rows", "1\n\\.\n2\n");
  part("1.sql");
  ASSERT_EQ(findings_.size(), 1U);
  EXPECT_EQ(findings_[0].id, "data-after-end");
}

TEST_F(Includes, CountIntoTheChecksums) {
  folder_.write("1.sql", "\\i x.sql\n");
  folder_.write("x.sql", "select 1;\n");
  const Checksums first = checksums_of(part("1.sql"));
  folder_.write("x.sql", "select  1; -- one\n");
  const Checksums cosmetic = checksums_of(part("1.sql"));
  EXPECT_NE(cosmetic.bytes, first.bytes);
  EXPECT_EQ(cosmetic.canonical, first.canonical);
  folder_.write("x.sql", "select 2;\n");
  EXPECT_NE(checksums_of(part("1.sql")).canonical, first.canonical);
}

TEST_F(Includes, StayInsideAndDoNotTurnInCircles) {
  folder_.write("1.sql", "\\i 2.sql\n");
  folder_.write("2.sql", "\\i 1.sql\n");
  part("1.sql");
  ASSERT_EQ(findings_.size(), 1U);
  EXPECT_EQ(findings_[0].message, "1.sql includes itself");
  EXPECT_EQ(findings_[0].place.value_or(Place{}).file, "2.sql");

  const TempFolder elsewhere;
  elsewhere.write("secret.sql", "select 1;");
  std::filesystem::create_symlink(elsewhere.path() / "secret.sql", folder_.path() / "link.sql");
  folder_.write("1.sql", "\\i link.sql\n");
  part("1.sql");
  ASSERT_EQ(findings_.size(), 1U);
  EXPECT_EQ(findings_[0].message, "link.sql lies outside the project");
}

// Found by fuzzing: reading went on without end, and without a word.
TEST_F(Includes, ThatDoubleAtEachStepComeToAnEnd) {
  for (int i = 0; i < 40; ++i) {
    const std::string next = "\\ir " + std::to_string(i + 1) + ".sql\n";
    folder_.write(std::to_string(i) + ".sql", next + next);
  }
  folder_.write("40.sql", "-- nothing\n");
  part("0.sql");
  ASSERT_EQ(findings_.size(), 1U);
  EXPECT_EQ(findings_[0].message, "files are read more than 10,000 times here");
}

TEST_F(Includes, AreNotGuessed) {
  folder_.write("m/1.sql", "\\i x.sql\n");
  folder_.write("m/x.sql", "select 1;");
  folder_.write("x.sql", "select 2;");
  part("m/1.sql");
  ASSERT_EQ(findings_.size(), 1U);
  EXPECT_EQ(findings_[0].message, "x.sql could be x.sql or m/x.sql");
}

TEST_F(Includes, MayNotHoldDirectivesOrMarks) {
  folder_.write("1.sql", "\\i x.sql\n");
  folder_.write("x.sql", "-- migrator: transaction off\n-- migrate:down\nselect 1;");
  part("1.sql");
  ASSERT_EQ(findings_.size(), 2U);
  EXPECT_EQ(findings_[0].id, "unexpected-mark");
  EXPECT_EQ(findings_[1].id, "late-directive");
}

// A quarter of a gigabyte is read through in a few megabytes.
TEST(Content, LetsGoOfWhatWasPassed) {
  const TempFolder folder;
  {
    std::ofstream file(folder.path() / "big.sql");
    const std::string line = "insert into t values ('" + std::string(1000, 'x') + "');\n";
    for (int i = 0; i < 50'000; ++i) file << line;
  }
  const Content content = Content::of_file(folder.path() / "big.sql");
  const auto resident = [] {
    std::ifstream statm("/proc/self/statm");
    std::size_t size = 0, pages = 0;
    statm >> size >> pages;
    return pages * 4096;
  };
  const std::size_t before = resident();
  std::size_t most = 0, count = 0;
  StatementReader reader({.file = "big.sql", .text = content.view(), .content = &content});
  while (reader.next())
    if (++count % 1000 == 0) most = std::max(most, resident());
  EXPECT_EQ(count, 50'000U);
  EXPECT_LT(most, before + (std::size_t{24} << 20U));
  EXPECT_TRUE(content.is_unchanged());
  const Content copy = content;
  EXPECT_EQ(copy.view().substr(0, 20), content.view().substr(0, 20));
  std::ofstream(folder.path() / "big.sql", std::ios::app) << "more";
  EXPECT_FALSE(content.is_unchanged());
}

TEST(ContentDeathTest, AFileThatIsCutShortEndsWithAWord) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const TempFolder folder;
  const auto file = folder.write("big.sql", std::string(std::size_t{8} << 20U, '-'));
  const auto read_on = [&] {
    const Signals signals;
    const Content content = Content::of_file(file);
    std::filesystem::resize_file(file, 0);
    const volatile char last = content.view().back();  // read it, whatever an optimizer thinks
    return last;
  };
  EXPECT_EXIT(read_on(), testing::ExitedWithCode(2), "cut short while it was read");
}

}  // namespace
}  // namespace migrator
