// The transaction plan of a part, as "[0 1] (2) [3]": a transaction of the first two statements,
// one alone, another transaction.
#include "engine/plan/segments.h"

#include <gtest/gtest.h>

#include "tests/support/projects.h"

namespace migrator {
namespace {

std::string dump(const Segments& cut) {
  std::string text;
  for (const Segment& segment : cut.segments) {
    if (!text.empty()) text += ' ';
    text += segment.transactional ? '[' : '(';
    for (std::size_t i = 0; i < segment.count; ++i)
      text += (i > 0 ? " " : "") + std::to_string(segment.first + i);
    text += segment.transactional ? ']' : ')';
  }
  for (const Finding& finding : cut.findings)
    text += " " + finding.id + "@" + std::to_string(finding.place->line);
  return text;
}

struct Case {
  std::string name;
  std::string sql;
  std::string expected;
};

class CutSegments : public ::testing::TestWithParam<Case> {};

TEST_P(CutSegments, AsExpected) {
  EXPECT_EQ(dump(cut_segments(part_of("1_a.sql", GetParam().sql))), GetParam().expected);
}

const std::string concurrently = "create index concurrently i on t (a);\n";
const std::string label = "alter type mood add value 'a';\n";
const std::string on = "-- migrator: transaction on\n";
const std::string off = "-- migrator: transaction off\n";

INSTANTIATE_TEST_SUITE_P(
    Table, CutSegments,
    ::testing::Values(
        Case{"nothing", "-- nothing\n", ""}, Case{"one", "select 1", "[0]"},
        Case{"together", "select 1; select 2; select 3", "[0 1 2]"},
        Case{"alone", concurrently, "(0)"},
        Case{"alone_last", "create table t ();\n" + concurrently, "[0] (1)"},
        Case{"alone_first", concurrently + "select 1", "(0) [1]"},
        Case{"alone_between", "select 1; select 2;" + concurrently + "select 4; select 5",
             "[0 1] (2) [3 4]"},
        Case{"alone_twice", concurrently + "vacuum t;", "(0) (1)"},
        Case{"copy", "copy t from stdin;\n1\n\\.\nselect 1;\n", "[0 1]"},
        Case{"off", off + "select 1; select 2", "(0 1)"},
        Case{"label_unused", label + "select 'b'; create table u ()", "[0 1 2]"},
        Case{"label_used", label + "create table u ();\ninsert into t values ('a')", "[0 1] [2]"},
        Case{"label_used_twice", label + "select 'a'; select 'a'", "[0] [1 2]"},
        Case{"label_before", "select 'a';" + label, "[0 1]"},
        Case{"label_committed_by_another", label + "vacuum t; select 'a'", "[0] (1) [2]"},
        Case{"label_in_array", label + "select '{b,a}'::mood[]", "[0] [1]"},
        Case{"label_in_word", label + "select 'banana'", "[0 1]"},
        Case{"label_in_do", label + "do $$ begin execute 'select ''a'''; end $$", "[0] [1]"},
        Case{"label_in_atomic",
             label + "create function f() returns mood begin atomic select 'a'::mood; end",
             "[0] [1]"},
        Case{"label_in_comment", label + "comment on type mood is 'a'; -- a\nselect 1", "[0 1 2]"},
        Case{"labels_of_range", label + "select Enum_Range(null::mood)", "[0] [1]"},
        Case{"label_next_to", label + "alter type mood add value 'c' after 'a'; select 'c'",
             "[0 1] [2]"},
        Case{"label_renamed", label + "alter type mood rename value 'a' to 'z'; select 'z'",
             "[0 1] [2]"},
        Case{"label_renamed_old", "alter type mood rename value 'x' to 'y'; select 'y'", "[0 1]"},
        Case{"label_if_not_exists",
             "alter type public . \"Mood\" add value if not exists 'it''s'; select 'it''s'",
             "[0] [1]"},
        Case{"label_in_escapes", label + "select e'\\x61'", "[0] [1]"},
        Case{"label_in_copy", label + "copy t from stdin;\n1\n\\.\n", "[0] [1]"},
        Case{"label_and_gexec", label + "select 1 \\gexec\n", "[0] [1]"},
        Case{"label_on", on + label + "select 1;\nselect 'a'", "[0 1 2] enum-label-uncommitted@4"},
        Case{"label_own", "begin;\n" + label + "select 'a';\ncommit",
             "[1 2] own-transaction@1 enum-label-uncommitted@3"},
        Case{"off_with_control", off + "begin; select 1; commit", "(0 1 2)"},
        Case{"off_with_chain",
             off + "begin;\ncommit and no chain; begin;\nCommit Work And Chain;\n",
             "(0 1 2 3) transaction-control@4"},
        Case{"off_and_nothing", off, ""}, Case{"on", on + "select 1; select 2", "[0 1]"},
        Case{"on_with_forbidden", on + "select 1;\n" + concurrently,
             "[0] (1) statement-needs-no-transaction@3"},
        Case{"savepoints", "savepoint a; select 1; release a; rollback to a", "[0 1 2 3]"},
        Case{"commit", "select 1;\ncommit;\nselect 2", "[0 1 2] transaction-control@2"},
        Case{"begin_without_end", "begin;\nselect 1", "[0 1] transaction-control@1"},
        Case{"commit_prepared", "commit prepared 'a'", "(0)"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OwnTransaction, CutSegments,
    ::testing::Values(
        Case{"plain", "begin;\nselect 1;\nselect 2;\ncommit;", "[1 2] own-transaction@1"},
        Case{"long_forms", "START  TRANSACTION; -- so\nselect 1; END /* and */ WORK",
             "[1] own-transaction@1"},
        Case{"of_nothing", "begin; commit", " own-transaction@1"},
        Case{"with_forbidden", "begin;\n" + concurrently + "commit;",
             "(1) own-transaction@1 statement-needs-no-transaction@2"},
        Case{"two_of_them", "begin;\nselect 1;\ncommit;\nbegin;\nselect 2;\ncommit;",
             "[1 2 3 4] own-transaction@1 transaction-control@3 transaction-control@4"},
        Case{"isolation_is_not_dropped", "begin isolation level serializable;\nselect 1;\ncommit;",
             "[0 1 2] transaction-control@1 transaction-control@3"},
        Case{"chain_is_not_dropped", "begin;\nselect 1;\ncommit and chain;",
             "[0 1 2] transaction-control@1 transaction-control@3"}),
    [](const auto& test) { return test.param.name; });

TEST(Segments, SayWhyAStatementRunsAlone) {
  const Segments cut = cut_segments(part_of("1_a.sql", "select 1;" + concurrently + "select 2"));
  ASSERT_EQ(cut.segments.size(), 3U);
  EXPECT_EQ(cut.segments[0].why, "");
  EXPECT_EQ(cut.segments[1].why, "CREATE INDEX CONCURRENTLY cannot run in a transaction");
  EXPECT_EQ(cut.segments[2].why, "");
}

TEST(Segments, AreAtomicWhenOneTransactionHoldsThemAll) {
  const auto atomic = [](const std::string& sql) {
    return cut_segments(part_of("1_a.sql", sql)).atomic();
  };
  EXPECT_TRUE(atomic(""));
  EXPECT_TRUE(atomic("select 1; select 2"));
  EXPECT_FALSE(atomic(concurrently));
  EXPECT_FALSE(atomic("select 1;" + concurrently));
  EXPECT_FALSE(atomic(off + "select 1"));
}

}  // namespace
}  // namespace migrator
