// A run in a single transaction: all of it is kept or nothing.
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Steps = std::vector<std::string>;

class SingleTransaction : public RunFixture {
 protected:
  RunReport up_as_one() { return up({.seeds = true, .single_transaction = true}); }

  /// The findings of a run that was refused before anything was run.
  std::vector<Finding> refused() {
    const RunReport report = up_as_one();
    EXPECT_EQ(report.head.exit_code, 2);
    EXPECT_TRUE(report.results.empty());
    EXPECT_FALSE(exists("a"));
    return report.findings;
  }
};

TEST_F(SingleTransaction, KeepsAll) {
  write("1_a.sql",
        "create table a(n int);\nset local search_path = pg_catalog;\nprepare p as "
        "select 1;\ncreate temp table mine(n int);\nset role pg_monitor;\n");
  write("2_b.sql",
        "begin;\ncreate table b(n int);\nprepare p as select 2;\n"
        "create temp table mine(n int);\ncommit;\n");
  write("R__v.sql", "create view v as select * from b;\n");
  write_seed("1.sql", "copy a from stdin;\n1\n2\n\\.\n");
  expect_done(up_as_one(), {"1 applied", "2 applied", "R__v applied", "seed/1.sql applied"});
  EXPECT_EQ(value("select count(*) from a"), "2");
  EXPECT_EQ(value("select count(distinct xmin::text) from (select xmin from schema_migrations) m"),
            "1");
  expect_done(up_as_one(), {});
}

TEST_F(SingleTransaction, KeepsNothingWhenOneFails) {
  write("1_a.sql", "create table a(n int);\n");
  write("2_b.sql", "create table b(n int);\nselect 1/0;\n");
  write("3_c.sql", "create table c(n int);\n");
  const RunReport report = up_as_one();
  EXPECT_EQ(report.head.exit_code, 4);
  EXPECT_EQ(steps_of(report), (Steps{"1 rolled-back", "2 failed"}));
  const Finding error = error_of(report);
  EXPECT_EQ(error.sqlstate, "22012");
  EXPECT_EQ(error.place->file, "migrations/2_b.sql");
  EXPECT_EQ(error.kept, "nothing: the run was one transaction");
  EXPECT_FALSE(exists("a"));
  EXPECT_EQ(history(), Steps{});
  write("2_b.sql", "create table b(n int);\n");
  expect_done(up_as_one(), {"1 applied", "2 applied", "3 applied"});
}

TEST_F(SingleTransaction, TriesAllAgainAfterALock) {
  sql("create table t(n int)");
  write("1_a.sql", "create table a(n int);\n");
  write("2_b.sql", "alter table t add m int;\n");
  options().lock_timeout = std::chrono::milliseconds(50);
  sql("begin; lock table t");
  const std::jthread application([&] {
    wait_until([&] { return listener().times_waited >= 2; });
    sql("rollback");
  });
  const RunReport report = up_as_one();
  expect_done(report, {"1 applied", "2 applied"});
  EXPECT_GE(report.results.at(0).retries, 2u);
}

TEST_F(SingleTransaction, ChecksTheDeferredConstraintsOfEachFile) {
  sql("create table t(n int primary key);"
      "create table u(n int references t deferrable initially deferred)");
  write("1_a.sql", "insert into u values (1);\ninsert into t values (1);\n");
  write("2_b.sql", "insert into u values (2);\ninsert into t values (2);\n");
  write("3_c.sql", "insert into u values (3);\n");
  write("4_d.sql", "create table a(n int);\n");
  const RunReport report = up_as_one();
  EXPECT_EQ(steps_of(report), (Steps{"1 rolled-back", "2 rolled-back", "3 failed"}));
  EXPECT_EQ(error_of(report).place->file, "migrations/3_c.sql");
}

TEST_F(SingleTransaction, IsRefusedWhereAStatementForbidsIt) {
  write("1_a.sql", "create table a(n int);\n");
  write("2_b.sql", "create index concurrently i on a(n);\n");
  const Finding finding = find_finding(refused(), "statement-needs-no-transaction");
  EXPECT_EQ(finding.place->file, "migrations/2_b.sql");
  EXPECT_EQ(finding.message,
            "CREATE INDEX CONCURRENTLY cannot run in a transaction, and --single-transaction asks "
            "for one");
}

TEST_F(SingleTransaction, IsRefusedWhereAFileWantsNoTransaction) {
  write("1_a.sql", "-- migrator: transaction off\ncreate table a(n int);\n");
  EXPECT_EQ(find_finding(refused(), "single-transaction").place->file, "migrations/1_a.sql");
}

TEST_F(SingleTransaction, WarnsWhereALaterFileUsesANewLabel) {
  sql("create type mood as enum ('happy')");
  write("1_a.sql", "create table a(m mood);\nalter type mood add value 'sad';\n");
  write("2_b.sql", "insert into a values ('sad');\n");
  const RunReport report = up_as_one();
  EXPECT_EQ(find_finding(report.findings, "enum-label-uncommitted").place->file,
            "migrations/2_b.sql");
  EXPECT_EQ(error_of(report).sqlstate, "55P04");
  EXPECT_FALSE(exists("a"));
  // A text that is no label is none of the server's business.
  write("2_b.sql", "create table b(s text default 'sad');\n");
  expect_done(up_as_one(), {"1 applied", "2 applied"});
}

// Constraints that a later file makes were checked at once, and namesakes made it fail.
TEST_F(SingleTransaction, LeavesEachConstraintAsItIs) {
  sql("create table p(n int primary key);"
      "create table q(n int, constraint same foreign key (n) references p deferrable initially "
      "deferred);"
      "create table r(n int, constraint same foreign key (n) references p);"
      "create schema closed; create table closed.c(n int references p deferrable)");
  write("1_a.sql", "create table a(id int primary key);\n");
  write("2_b.sql",
        "create table b(n int references a deferrable initially deferred);\n"
        "insert into b values (1);\ninsert into a values (1);\n");
  write("3_c.sql",
        "insert into b values (2);\ninsert into a values (2);\n"
        "insert into q values (3);\ninsert into p values (3);\n");
  expect_done(up_as_one(), {"1 applied", "2 applied", "3 applied"});
}

TEST_F(SingleTransaction, ALostConnectionNamesTheStepThatRan) {
  write("1_a.sql", "create table a(n int);\n");
  write("2_b.sql", "select pg_terminate_backend(pg_backend_pid());\n");
  const RunReport report = up_as_one();
  EXPECT_EQ(report.head.exit_code, 3);
  EXPECT_EQ(steps_of(report), Steps{"2 failed"});
  EXPECT_EQ(error_of(report).place->file, "migrations/2_b.sql");
}

TEST_F(SingleTransaction, IsRefusedWhereAFileIsHalfDone) {
  write("1_a.sql", "create table b(n int);\nvacuum b;\nselect 1/0;\n");
  up();
  write("1_a.sql", "create table b(n int);\nvacuum b;\nselect 1;\n");
  EXPECT_EQ(find_finding(refused(), "single-transaction").next,
            "finish it without --single-transaction first");
}

}  // namespace
}  // namespace migrator
