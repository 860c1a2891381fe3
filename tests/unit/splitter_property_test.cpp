// What holds for the splitter whatever the text: no byte is lost, and where libpg_query's parser
// accepts the text, both cut it alike. The cases of splitter_test.cpp say what it should do; these
// look for what nobody thought of. tests/fuzz goes on where they end.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/sql/splitter.h"
#include "tests/support/golden.h"
#include "tests/support/split_checks.h"
#include "tests/support/sql_corpus.h"

namespace migrator {
namespace {

using testing::disagreement;
using testing::lost_bytes;
using testing::parsers_bounds;
using testing::SqlCorpus;

/// Checks both properties; says whether the parser had a say.
bool holds(const std::string& text) {
  EXPECT_EQ(lost_bytes(text), "") << text;
  EXPECT_EQ(disagreement(text), "") << text;
  return parsers_bounds(text).has_value();
}

TEST(SplitterProperty, HoldsForEveryFileOfTheProject) {
  std::size_t files = 0;
  for (const char* folder : {"tests/golden/split", "migrations", "seeds"}) {
    const auto path = std::filesystem::path(MIGRATOR_SOURCE_DIR) / folder;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (entry.path().extension() != ".sql") continue;
      SCOPED_TRACE(entry.path().filename().string());
      holds(read_file(entry.path()));
      ++files;
    }
  }
  EXPECT_GT(files, 30U);
}

TEST(SplitterProperty, HoldsForMadeUpScripts) {
  constexpr int rounds = 6000;
  SqlCorpus corpus(1);
  int accepted = 0;
  for (int round = 0; round < rounds && !::testing::Test::HasFailure(); ++round)
    if (holds(corpus.script())) ++accepted;
  EXPECT_GT(accepted, rounds / 2) << "the corpus is hardly SQL, so that the parser says nothing";
}

TEST(SplitterProperty, HoldsForSoup) {
  SqlCorpus corpus(2);
  for (int round = 0; round < 20'000 && !::testing::Test::HasFailure(); ++round)
    EXPECT_EQ(lost_bytes(corpus.soup()), "");
}

/// A script cut short, as by an editor or a full disk.
TEST(SplitterProperty, HoldsForTornScripts) {
  SqlCorpus corpus(3);
  for (int round = 0; round < 60 && !::testing::Test::HasFailure(); ++round) {
    const std::string text = corpus.script();
    for (std::size_t end = 0; end < text.size(); end += 7) holds(text.substr(0, end));
  }
}

constexpr auto kStatements = std::to_array<std::string_view>({
    "select 1",
    "select 'a;b', E'it\\'s;', $$;$$, $x$ $$;$$ $x$, U&'\\0061;'",
    "select 'one'\n'two;'",
    "select a.end, a.case, a.begin from a",
    "select 1 end",
    "select case when true then 1 else case 2 when 3 then 4 end end as end",
    "begin",
    "commit",
    "end",
    "create table t (a int, b text default ';')",
    "create rule r as on insert to t do also (select 1; select (2); delete from t)",
    "create function f() returns int begin atomic select 1; select case 1 when 1 then 2 end; end",
    "create or replace function s.f(a int) returns int language sql begin atomic\n"
    " select a.end end from a; insert into t values (1); end",
    "create procedure p() begin atomic end",
    "create procedure p() begin atomic; ; select 1; end",
    "create function f() returns int return case when true then 1 end",
    "create function begin() returns int language sql as 'select 1; select 2'",
    "create function f() returns begin as 'x;' language sql",
    "create function f(begin int, atomic int) returns int as $$ begin; end; $$ language plpgsql",
    "create function o() returns int begin atomic create function i() returns int begin atomic "
    "select 1; end; select 2; end",
    "create procedure p() begin atomic return 1; end",
    "do $$ begin perform 1; end $$",
    "insert into t values (1, 'x'), (2, '\xC3\xA9;')",
    "select a -- ;\n + b /* ; /* ; */ ; */ from t",
    "select 1 @- 2, 3 *-4, 5 <=-6",
    "select (array[1,2])[1:2], (a).b, x::int from \"t;\"",
});

TEST(SplitterProperty, HoldsForEveryStatementOfATable) {
  constexpr auto blanks = std::to_array<std::string_view>(
      {"", " ", "\n", "\r\n", " -- x;\n", " /* ; */ ", "/* /* ' */ ; */", "\t"});
  std::mt19937 random(5);
  const auto blank = [&] { return blanks[random() % blanks.size()]; };
  for (int round = 0; round < 1500 && !::testing::Test::HasFailure(); ++round) {
    std::string text(blank());
    for (auto n = 1 + random() % 5; n > 0; --n) {
      text += kStatements[random() % kStatements.size()];
      text += blank();
      if (n > 1 || random() % 2 == 0) text += random() % 8 == 0 ? ";;" : ";";
      text += blank();
    }
    EXPECT_TRUE(holds(text)) << "a statement of the table does not parse in: " << text;
  }
}

TEST(SplitterProperty, HoldsForTokensOfRoutines) {
  constexpr auto pieces = std::to_array<std::string_view>({"select",
                                                           "1",
                                                           "a",
                                                           ",",
                                                           "(",
                                                           ")",
                                                           ";",
                                                           "case",
                                                           "when a then",
                                                           "end",
                                                           "as",
                                                           ".",
                                                           "from t",
                                                           "create function f() returns int",
                                                           "create procedure p()",
                                                           "begin atomic",
                                                           "begin",
                                                           "atomic",
                                                           "return 1",
                                                           "'x;'",
                                                           "$$;$$",
                                                           "-- ;\n",
                                                           "/* ; */",
                                                           "union",
                                                           "\"e\"",
                                                           "E'\\''",
                                                           "or replace"});
  std::mt19937 random(9);
  int accepted = 0;
  for (int round = 0; round < 30'000 && !::testing::Test::HasFailure(); ++round) {
    std::string text;
    for (auto n = 1 + random() % 12; n > 0; --n) {
      text += pieces[random() % pieces.size()];
      text += ' ';
    }
    if (!parsers_bounds(text)) continue;
    holds(text);
    ++accepted;
  }
  EXPECT_GT(accepted, 300);
}

// The checks themselves must be able to fail.
TEST(SplitterProperty, TheParserHasASay) {
  const std::string text = " /* ; */ select 1 ; ; create procedure p() begin atomic select 2; end";
  const std::vector<testing::Bounds> expected = {{9, 8}, {22, 47}};
  EXPECT_EQ(parsers_bounds(text), expected);
  EXPECT_EQ(parsers_bounds("selec 1"), std::nullopt);
  EXPECT_EQ(parsers_bounds(std::string_view("select 1\0;", 10)), std::nullopt);
}

}  // namespace
}  // namespace migrator
