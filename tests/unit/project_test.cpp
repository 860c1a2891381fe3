#include "engine/project/project.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include "engine/sql/splitter.h"

#include <algorithm>

#include "engine/base/error.h"
#include "tests/support/temp_folder.h"

namespace migrator {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

Project load(const TempFolder& folder, const std::vector<std::string>& sets = {"common"}) {
  return load_project({.migrations = folder.path() / "migrations",
                       .seeds = folder.path() / "seeds",
                       .seed_sets = sets,
                       .working_folder = folder.path()});
}

/// "error unknown-file migrations/x.sql:0", one a line, in order of the alphabet.
std::string listed(const std::vector<Finding>& findings) {
  std::vector<std::string> lines;
  for (const Finding& finding : findings) {
    const std::string severity = finding.severity == Severity::error     ? "error "
                                 : finding.severity == Severity::warning ? "warning "
                                                                         : "note ";
    std::string line = severity + finding.id;
    if (finding.place)
      line += " " + finding.place->file + ":" + std::to_string(finding.place->line);
    lines.push_back(line + "\n");
  }
  std::ranges::sort(lines);
  std::string all;
  for (const std::string& line : lines) all += line;
  return all;
}

const Finding* find(const Project& project, std::string_view id) {
  const auto found = std::ranges::find(project.findings, id, &Finding::id);
  return found == project.findings.end() ? nullptr : &*found;
}

TEST(Project, MixesAllLayoutsAndOrdersThem) {
  const TempFolder folder;
  folder.write("migrations/20261122103000_c.sql", "create table c ();");
  folder.write("migrations/0007_b.up.sql", "create table b ();");
  folder.write("migrations/0007_b.down.sql", "drop table b;");
  folder.write("migrations/10_d.sql",
               "-- about\n-- migrate:up\ncreate table d ();\n-- migrate:down\ndrop table d;\n");
  folder.write("migrations/1_a.sql", "-- migrate:up transaction:false\nselect 1;\nselect 2\n");
  folder.write("migrations/R__z.sql", "select 1;");
  folder.write("migrations/R__view.sql", "select 1;");
  folder.write("migrations/README.md", "text");
  folder.write("migrations/.hidden", "text");
  const Project project = load(folder);
  EXPECT_EQ(listed(project.findings), "");
  std::vector<std::string> ids;
  for (const Migration& migration : project.migrations) ids.push_back(migration.id());
  EXPECT_EQ(ids, (std::vector<std::string>{"1", "7", "10", "20261122103000", "R__view", "R__z"}));

  const Migration& a = project.migrations[0];
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.up.file, "migrations/1_a.sql");
  EXPECT_EQ(a.up.text, "select 1;\nselect 2\n");
  EXPECT_EQ(a.up.first_line, 2U);
  EXPECT_EQ(a.up.directives.transaction, TransactionMode::off);
  const auto statements = split(a.up.source()).statements;
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[1].line, 3U);
  EXPECT_FALSE(a.down);
  EXPECT_EQ(a.checksums, checksums_of(a.up.text));

  const Migration& b = project.migrations[1];
  EXPECT_EQ(b.up.file, "migrations/0007_b.up.sql");
  ASSERT_TRUE(b.down);
  EXPECT_EQ(b.down->file, "migrations/0007_b.down.sql");
  EXPECT_EQ(b.down->text, "drop table b;");

  const Migration& d = project.migrations[2];
  ASSERT_TRUE(d.down);
  EXPECT_EQ(d.down->text, "drop table d;\n");
  EXPECT_EQ(d.down->first_line, 5U);
  EXPECT_EQ(StatementReader(d.down->source()).next()->line, 5U);
  EXPECT_TRUE(project.migrations[4].repeatable);
  EXPECT_EQ(project.migrations[4].name, "view");
}

TEST(Project, AChangeOfTheDownPartChangesNoChecksum) {
  const TempFolder one;
  one.write("migrations/1_a.sql", "-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;\n");
  const TempFolder two;
  two.write("migrations/1_a.sql", "-- x\n-- migrate:up\nselect 1;\n-- migrate:down\nselect 3;\n");
  EXPECT_EQ(load(one).migrations[0].checksums, load(two).migrations[0].checksums);
}

TEST(Project, AcceptsByteOrderMarksAndCarriageReturns) {
  const TempFolder folder;
  folder.write("migrations/1_a.sql",
               "\xEF\xBB\xBF-- migrate:up\r\nselect 1;\r\n-- migrate:down\r\nselect 2;\r\n");
  folder.write("migrations/2_b.sql", "\xEF\xBB\xBFselect 1;\r\n");
  const Project project = load(folder);
  EXPECT_EQ(listed(project.findings), "");
  EXPECT_EQ(project.migrations[0].up.text, "select 1;\r\n");
  EXPECT_EQ(project.migrations[0].down->text, "select 2;\r\n");
  EXPECT_EQ(project.migrations[0].checksums, project.migrations[1].checksums);
  EXPECT_EQ(project.migrations[0].checksums.canonical, checksums_of("select 1").canonical);
}

TEST(Project, ReportsWhatIsWrongWithEachFile) {
  struct Case {
    Files files;
    std::string_view findings;
  };
  const Case cases[] = {
      {{{"1_a.sql", "select 1"}, {"01_b.sql", "select 1"}},
       "error duplicate-version migrations/1_a.sql:0\n"},
      {{{"1_a.sql", "select 1"}, {"1_a.up.sql", "select 1"}},
       "error duplicate-version migrations/1_a.up.sql:0\n"},
      {{{"1_a.sql", "-- migrate:up\nselect 1;\n-- migrate:down\nselect 1"},
        {"1_a.down.sql", "select 1"}},
       "error duplicate-version migrations/1_a.sql:0\n"},
      {{{"1_a.sql", "select 1"}, {"1_a.down.sql", "select 1"}}, ""},
      {{{"1_a.up.sql", "select 1"}, {"1_b.down.sql", "select 1"}},
       "warning pair-names-differ migrations/1_b.down.sql:0\n"},
      {{{"1_a.down.sql", "select 1"}}, "error down-without-up migrations/1_a.down.sql:0\n"},
      {{{"1_a.sql", "-- migrate:down\nselect 1"}}, "error down-without-up migrations/1_a.sql:0\n"},
      {{{"1_a.sql", ""}}, "error empty-migration migrations/1_a.sql:0\n"},
      {{{"1_a.sql", " \n;\n"}}, "warning empty-migration migrations/1_a.sql:0\n"},
      {{{"1_a.sql", "-- later\n"}}, "warning empty-migration migrations/1_a.sql:0\n"},
      {{{"1_a.sql", "-- migrate:up\n\n-- migrate:down\n\n"}},
       "error empty-migration migrations/1_a.sql:0\nnote empty-down migrations/1_a.sql:0\n"},
      {{{"R__a.sql", ""}}, "error empty-migration migrations/R__a.sql:0\n"},
      {{{"a.sql", "select 1"}}, "error unknown-file migrations/a.sql:0\n"},
      {{{"1_a.sql~", "select 1"}, {"x.txt", ""}},
       "warning unknown-file migrations/1_a.sql~:0\nwarning unknown-file migrations/x.txt:0\n"},
      {{{"9223372036854775808_a.sql", "select 1"}},
       "error version-too-large migrations/9223372036854775808_a.sql:0\n"},
      {{{"1_a.sql", "select 1;\nselect '\xE4';"}}, "error invalid-utf8 migrations/1_a.sql:2\n"},
      {{{"1_a.sql", "\xFF\xFEs\0"}}, "error invalid-utf8 migrations/1_a.sql:1\n"},
      {{{"1_a.sql", std::string("select 1;\n\0", 11)}}, "error nul-byte migrations/1_a.sql:2\n"},
      {{{"1_a.sql", "select 1;\n\\copy t from x\nselect 2;\n\\echo hi\n"}},
       "error include migrations/1_a.sql:2\n"},
      {{{"1_a.sql", "select 1;\n\\connect other\n\\! rm -r /\n\\gset\nselect :'unset';\n"}},
       "error meta-command migrations/1_a.sql:2\nerror meta-command migrations/1_a.sql:3\n"
       "error meta-command migrations/1_a.sql:4\nerror variable-unset migrations/1_a.sql:5\n"},
      {{{"1_a.sql", "\\ir 1_a.sql\nselect 1;\n"}}, "error include migrations/1_a.sql:1\n"},
      {{{"1_a.sql", "\\i ../../etc/passwd\nselect 1;\n"}}, "error include migrations/1_a.sql:1\n"},
      {{{"1_a.sql", "\\if true\nselect 1;\n"}}, "error unterminated-if migrations/1_a.sql:1\n"},
      {{{"1_a.sql", "select 'open;\n"}}, "error unterminated-quote migrations/1_a.sql:1\n"},
      {{{"1_a.sql", "-- migrate:up\nselect '\n-- migrate:down\n';"}},
       "error unterminated-quote migrations/1_a.sql:2\n"
       "error unterminated-quote migrations/1_a.sql:4\n"},
      {{{"1_a.sql", "-- migrator: transactoin off\nselect 1"}},
       "error unknown-directive migrations/1_a.sql:1\n"},
      {{{"1_a.sql", "-- migrate:up\n-- migrator: lock-timeout soon\nselect 1"}},
       "error bad-directive-value migrations/1_a.sql:2\n"},
      {{{"1_a.up.sql", "-- migrate:up\nselect 1"}},
       "error unexpected-mark migrations/1_a.up.sql:1\n"},
      {{{"R__a.sql", "select 1;\n-- migrate:down\nselect 2"}},
       "error unexpected-mark migrations/R__a.sql:2\n"},
      {{{"1_a.sql", "-- +goose Up\nselect 1;\n-- +goose Down\nselect 2"}},
       "error foreign-mark migrations/1_a.sql:1\n"},
      {{{"1_a.sql", "select 1"}, {"old/0_x.sql", "select 1"}},
       "warning ignored-folder migrations/old:0\n"},
      {{{"1_a.sql/x", ""}}, "error file-unreadable migrations/1_a.sql:0\n"},
      {{{"README.md", ""}}, "note migrations-empty\n"},
      {{{"1_a.sql", "-- migrator: run always\nselect 1"}},
       "error directive-for-seeds migrations/1_a.sql:0\n"},
      {{{"1_caf\xE9.sql", "select 1"}}, "error name-not-utf8\n"},
      {{{"1_a.sql", ""}, {"b.sql", ""}, {"2_c.down.sql", "select 1"}},
       "error down-without-up migrations/2_c.down.sql:0\n"
       "error empty-migration migrations/1_a.sql:0\n"
       "error unknown-file migrations/b.sql:0\n"},
  };
  for (const Case& c : cases) {
    const TempFolder folder;
    for (const auto& [name, text] : c.files) folder.write("migrations/" + name, text);
    EXPECT_EQ(listed(load(folder).findings), c.findings) << c.files.front().first;
  }
}

TEST(Project, NamesAllFilesOfADuplicateVersion) {
  const TempFolder folder;
  for (const char* name : {"1_a.sql", "01_b.sql", "001_c.sql"})
    folder.write(std::string("migrations/") + name, "select 1");
  const Project project = load(folder);
  const Finding* finding = find(project, "duplicate-version");
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->message,
            "version 1 has 3 up parts: migrations/001_c.sql, migrations/01_b.sql, "
            "migrations/1_a.sql");
}

TEST(Project, SaysAtWhichByteAFileIsNotUtf8) {
  const TempFolder folder;
  folder.write("migrations/1_a.sql", "\xEF\xBB\xBFselect 1; -- \xC3\xA4\n-- \xE4");
  const Project project = load(folder);
  const Finding* finding = find(project, "invalid-utf8");
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->message, "migrations/1_a.sql is not UTF-8: byte 0xE4 at byte offset 22");
  EXPECT_EQ(finding->place->line, 2U);
  EXPECT_EQ(finding->place->column, 4U);
  EXPECT_EQ(finding->place->source_line, "");
}

TEST(Project, UnreadableFilesAreFindings) {
  const TempFolder folder;
  folder.write("migrations/5_e.sql", "select 1");
  namespace fs = std::filesystem;
  const fs::path migrations = folder.path() / "migrations";
  fs::create_symlink("gone.sql", migrations / "1_dangling.sql");
  fs::create_symlink("2_loop.sql", migrations / "2_loop.sql");
  fs::create_symlink("5_e.sql", migrations / "3_link.sql");
  ASSERT_EQ(mkfifo((migrations / "4_pipe.sql").c_str(), 0600), 0);
  const Project project = load(folder);
  EXPECT_EQ(listed(project.findings),
            "error file-unreadable migrations/1_dangling.sql:0\n"
            "error file-unreadable migrations/2_loop.sql:0\n"
            "error file-unreadable migrations/4_pipe.sql:0\n");
  EXPECT_EQ(project.migrations.size(), 2U);
}

TEST(Project, AMissingFolderOfMigrationsIsAnError) {
  const TempFolder folder;
  try {
    load(folder);
    FAIL() << "loading did not fail";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::configuration);
    EXPECT_EQ(error.finding().id, "migrations-missing");
    EXPECT_EQ(error.finding().message, "there is no folder migrations");
  }
  folder.write("migrations", "a file");
  EXPECT_THROW(load(folder), Error);
}

TEST(Seeds, LoadInOrderOfSetsAndNames) {
  const TempFolder folder;
  folder.write("migrations/1_a.sql", "select 1");
  folder.write("seeds/20_b.sql", "select 1");
  folder.write("seeds/10_a.sql", "-- migrator: run once\nselect 1");
  folder.write("seeds/README.md", "");
  folder.write("seeds/dev/05_x.sql", "select 1");
  folder.write("seeds/stage/01_y.sql", "select 1");
  const auto names = [&](const std::vector<std::string>& sets) {
    const Project project = load(folder, sets);
    EXPECT_EQ(listed(project.findings), "");
    std::vector<std::string> result;
    for (const Seed& seed : project.seeds) result.push_back(seed.id());
    return result;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names({"common"}), (Names{"seed/10_a.sql", "seed/20_b.sql"}));
  EXPECT_EQ(names({"dev", "common", "dev"}),
            (Names{"seed/dev/05_x.sql", "seed/10_a.sql", "seed/20_b.sql"}));
  EXPECT_EQ(names({}), Names{});
  const Project project = load(folder);
  EXPECT_EQ(project.seeds[0].part.file, "seeds/10_a.sql");
  EXPECT_EQ(project.seeds[0].part.directives.run, RunPolicy::once);
}

TEST(Seeds, ReportWhatIsWrong) {
  struct Case {
    Files files;
    std::vector<std::string> sets;
    std::string_view findings;
  };
  const Case cases[] = {
      {{}, {"common"}, ""},
      {{{"a.sql", "select 1"}}, {"dev"}, "error seed-set-missing seeds/dev:0\n"},
      {{{"a.sql", "select 1"}}, {"../x"}, "error seed-set-invalid\n"},
      {{{"users.yaml", ""}, {"x.xml.gz", ""}},
       {"common"},
       "error seed-format seeds/users.yaml:0\nerror seed-format seeds/x.xml.gz:0\n"},
      {{{"My Users.csv", "id\n1\n"}, {"10_\"My Users\".csv", "id\n1\n"}},
       {"common"},
       "error seed-format seeds/My Users.csv:0\n"},
      {{{"x.txt", ""}, {"y.SQL", ""}},
       {"common"},
       "error unknown-file seeds/y.SQL:0\nwarning unknown-file seeds/x.txt:0\n"},
      {{{"a.sql", ""}}, {"common"}, "warning empty-seed seeds/a.sql:0\n"},
      {{{"a.sql", "-- migrate:up\nselect 1"}}, {"common"}, "error unexpected-mark seeds/a.sql:1\n"},
      {{{"dev/sub/x.sql", ""}}, {"dev"}, "warning ignored-folder seeds/dev/sub:0\n"},
      {{{"common/x.sql", ""}}, {"common"}, "warning ignored-folder seeds/common:0\n"},
      {{{"a.sql/x", ""}}, {"common"}, "error file-unreadable seeds/a.sql:0\n"},
  };
  for (const Case& c : cases) {
    const TempFolder folder;
    folder.write("migrations/1_a.sql", "select 1");
    for (const auto& [name, text] : c.files) folder.write("seeds/" + name, text);
    EXPECT_EQ(listed(load(folder, c.sets).findings), c.findings)
        << (c.files.empty() ? "" : c.files.front().first);
  }
}

TEST(Part, ComesFromTextToo) {
  std::vector<Finding> findings;
  const Part part =
      part_from_text("down of 7", "-- migrator: transaction on\ndrop table a;", {}, findings);
  EXPECT_TRUE(findings.empty());
  EXPECT_EQ(part.directives.transaction, TransactionMode::on);
  ASSERT_EQ(part.statement_count, 1U);
  EXPECT_EQ(text_of(part.source(), *StatementReader(part.source()).next()), "drop table a");
  part_from_text("down of 8", "\xE4", {}, findings);
  EXPECT_EQ(listed(findings), "error invalid-utf8 down of 8:1\n");
}

TEST(Project, OrdersThousandsOfFiles) {
  const TempFolder folder;
  for (int i = 1; i <= 500; ++i)
    folder.write("migrations/" + std::to_string(i) + "_t.sql", "create table t ();");
  const Project project = load(folder);
  EXPECT_EQ(project.migrations.size(), 500U);
  EXPECT_TRUE(std::ranges::is_sorted(project.migrations, {}, &Migration::version));
}

}  // namespace
}  // namespace migrator
