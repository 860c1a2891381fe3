// What is not known to be done or undone stays so until somebody says what is true; and what would
// make it unknown is refused.
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Steps = std::vector<std::string>;

class Doubt : public RunFixture {
 protected:
  void expect_asked_about(std::size_t line) {
    for (int again = 0; again < 2; ++again) {
      const RunReport report = up();
      EXPECT_EQ(report.head.exit_code, 4);
      const Finding finding =
          report.error ? *report.error : find_finding(report.findings, "in-doubt");
      EXPECT_EQ(finding.id, "in-doubt");
      EXPECT_EQ(finding.place.value_or(Place{}).line, line);
    }
  }
};

// The second run took it for one that had failed, and ran it again.
TEST_F(Doubt, StaysWhenTheCatalogCannotTell) {
  sql("create table p(n int) partition by range (n);"
      "create table p1 partition of p for values from (0) to (9)");
  write("1_a.sql", "select 1;\nalter table p detach partition p2 concurrently;\n");
  error_of(up());
  sql("update schema_migrations set state = 'started'");
  expect_asked_about(2);
}

// It was called failed, with "what was done before it" as kept, and begun again.
TEST_F(Doubt, IsLeftByACallThatCommittedAPart) {
  sql("create table a(n int);"
      "create procedure p() language plpgsql as $$ begin insert into a values (1); commit; "
      "perform 1/0; end $$");
  write("1_a.sql", "-- migrator: transaction off\nselect 1;\ncall p();\nselect 2;\n");
  const Finding error = error_of(up());
  EXPECT_EQ(error.sqlstate, "22012");
  EXPECT_PRED2(contains, error.kept, "perhaps a part of what it did");
  EXPECT_PRED2(contains, error.next, "migrator repair 1 --resume-at 2");
  expect_asked_about(3);
  EXPECT_EQ(value("select count(*) from a"), "1");
  repair({.target = "1", .repair = Repair::resume_at, .statement = 3, .reason = "done by hand"});
  expect_done(up(), {"1 applied"});
}

TEST_F(Doubt, IsNotLeftByACallThatDidNotBegin) {
  write("1_a.sql", "-- migrator: transaction off\ncall p();\n");
  error_of(up());
  sql("create procedure p() language sql as 'select 1'");
  expect_done(up(), {"1 applied"});
}

TEST_F(Doubt, IsLeftByWhatGexecRanInPart) {
  sql("create table a(n int)");
  write(
      "1_a.sql",
      "-- migrator: transaction off\n"
      "select format('insert into a values (6/(2-%s))', g) from generate_series(1,3) g \\gexec\n");
  EXPECT_PRED2(contains, error_of(up()).context, "in what \\gexec ran: insert into a");
  expect_asked_about(2);
  EXPECT_EQ(value("select count(*) from a"), "1");
}

// "Nothing was kept" was said of what the COMMIT had kept, and each run kept it once more.
TEST_F(Doubt, GexecMakesNoTransactionControl) {
  sql("create table a(n int)");
  for (const std::string first : {"", "-- migrator: transaction off\n"}) {
    write("1_a.sql", first + "insert into a values (1);\nselect 'commit' \\gexec\nselect 1;\n");
    const Finding error = error_of(up());
    EXPECT_EQ(error.id, "transaction-control");
    EXPECT_EQ(error.context, "in what \\gexec ran: commit");
    EXPECT_EQ(value("select count(*) from a"), first.empty() ? "0" : "1");
  }
}

TEST_F(Doubt, WhatGexecRanShowsNoValueOfAVariable) {
  variables() = ScriptVariables{{"password", "hunter2"}};
  write("1_a.sql", "select format('alter role nobody password %L', :'password') \\gexec\n");
  const Finding error = error_of(up());
  EXPECT_EQ(error.context, "in what \\gexec ran: ALTER ROLE");
  EXPECT_PRED2(lacks, error.detail + error.message, "hunter2");
}

TEST_F(Doubt, ANoticeShowsNoValueOfAVariable) {
  variables() = ScriptVariables{{"password", "hunter2"}};
  sql("create function tell(text) returns int language plpgsql as $$ begin raise notice 'told'; "
      "return 1; end $$");
  write("1_a.sql", "select tell(:'password');\n");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(listener().notices.at(0).place->source_line, "select tell(:'password')");
}

// The row of the run before was deleted, so that a seed to be run once would have run once more.
TEST_F(Doubt, ARerunThatKeptNothingKeepsItsRow) {
  sql("create table a(n int)");
  write_seed("1.sql", "-- migrator: run once\ninsert into a values (1);\nvacuum a;\n");
  expect_done(seed(), {"seed/1.sql applied"});
  write_seed("1.sql", "-- migrator: run once\ninsert into wrong values (1);\nvacuum a;\n");
  error_of(seed(true));
  EXPECT_EQ(history(), Steps{"seed/1.sql failed 0/2"});
}

}  // namespace
}  // namespace migrator
