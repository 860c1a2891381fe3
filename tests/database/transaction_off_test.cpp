// Files with `transaction off`: what surely may be in a transaction has one of its own, with the
// journal in it, and so has what the file puts between its own BEGIN and COMMIT.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <thread>

#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

const std::string off = "-- migrator: transaction off\n";
// Waits for the test; let_go_and_kill follows.
const std::string pause_here = "select pg_advisory_lock_shared(7);\n";

class TransactionOff : public RunFixture {
 protected:
  /// Ends the run's server process at the first journal write after pause_here.
  std::jthread let_go_and_kill() {
    sql("select pg_advisory_lock(7)");
    return std::jthread([this] {
      const std::string waits = fmt::format(
          "select exists (select from pg_locks where pid = {} and not granted and locktype = "
          "'{{}}')",
          connection().backend_pid());
      wait_until([&] { return value(fmt::format(fmt::runtime(waits), "advisory")) == "t"; });
      sql("begin; lock table schema_migrations in share mode");
      sql("select pg_advisory_unlock(7)");
      wait_until([&] { return value(fmt::format(fmt::runtime(waits), "relation")) == "t"; });
      sql(fmt::format("select pg_terminate_backend({})", connection().backend_pid()));
      sql("rollback");
    });
  }

  void kill_at_the_journal() {
    {
      const std::jthread killer = let_go_and_kill();
      EXPECT_EQ(up().head.exit_code, 3);
    }
    reconnect();
  }
};

TEST_F(TransactionOff, AStatementAndItsJournalAreKeptTogether) {
  write("1_a.sql", off + "create table a(n int);\n" +
                       "with w as (select pg_advisory_lock_shared(7)) "
                       "insert into a select 1 from w;\ncreate table b(n int);\n");
  kill_at_the_journal();
  EXPECT_EQ(history(), std::vector<std::string>{"1 started 1/3"});
  EXPECT_EQ(value("select count(*) from a"), "0");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select count(*) from a"), "1");
}

TEST_F(TransactionOff, TheFilesOwnTransactionAndItsJournalAreKeptTogether) {
  write("1_a.sql", off + "create table a(n int);\nbegin;\ninsert into a values (1);\n" +
                       pause_here + "commit;\ninsert into a values (2);\n");
  kill_at_the_journal();
  EXPECT_EQ(history(), std::vector<std::string>{"1 started 1/6"});
  EXPECT_EQ(value("select count(*) from a"), "0");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select string_agg(n::text, ' ') from a"), "1 2");
}

TEST_F(TransactionOff, OneThatRanOutsideIsAskedAbout) {
  sql("create procedure p() language plpgsql as $$ begin perform pg_advisory_lock_shared(7); "
      "commit; end $$");
  write("1_a.sql", off + "create table b(n int);\ncall p();\nselect 1;\n");
  kill_at_the_journal();
  const RunReport report = up();
  EXPECT_EQ(find_finding(report.findings, "in-doubt").place->line, 3u);
}

TEST_F(TransactionOff, WhatMayRefuseATransactionRunsOutside) {
  sql("create table p(n int primary key) partition by range (n);"
      "create table p1 partition of p for values from (0) to (9);"
      "create procedure ends() language plpgsql as $$ begin commit; end $$");
  write("1_a.sql", off +
                       "reindex table p;\ncall ends();\ndo $$ begin call ends(); end $$;\n"
                       "vacuum p;\n"
                       "select 'vacuum p1' \\gexec\nset search_path = pg_catalog;\n");
  expect_done(up(), {"1 applied"});
}

TEST_F(TransactionOff, AFailingCommitKeepsNothingOfItsTransaction) {
  sql("create table t(n int primary key); create table u(n int references t deferrable initially "
      "deferred)");
  write("1_a.sql", off + "create table a(n int);\nbegin;\ninsert into u values (1);\ncommit;\n");
  const Finding error = error_of(up());
  EXPECT_EQ(error.sqlstate, "23503");
  EXPECT_EQ(history(), std::vector<std::string>{"1 failed 1/4"});
  sql("insert into t values (1)");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select count(*) from u"), "1");
}

TEST_F(TransactionOff, AfterARollbackItGoesOn) {
  write("1_a.sql", off +
                       "create table a(n int);\nbegin;\ninsert into a values (1);\nrollback;\n"
                       "insert into a values (2);\nstart transaction isolation level serializable;"
                       "\ninsert into a values (3);\nend;\n");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select string_agg(n::text, ' ') from a"), "2 3");
}

TEST_F(TransactionOff, AStatementThatMeetsALockIsTriedAgain) {
  sql("create table t(n int)");
  write("1_a.sql", off + "create table a(n int);\nalter table t add m int;\nvacuum t;\n");
  options().lock_timeout = std::chrono::milliseconds(50);
  sql("begin; lock table t");
  const std::jthread application([&] {
    wait_until([&] { return listener().times_waited >= 2; });
    sql("rollback");
  });
  const RunReport report = up();
  expect_done(report, {"1 applied"});
  EXPECT_GE(report.results.at(0).retries, 2u);
  EXPECT_EQ(report.results.at(0).statements, 3u);
}

// The journal stood at the BEGIN still, and the CALL was run twice without a question.
TEST_F(TransactionOff, WhatRunsOutsideBehindARollbackIsAskedAbout) {
  sql("create procedure p() language plpgsql as $$ begin perform pg_advisory_lock_shared(7); "
      "commit; end $$");
  write("1_a.sql", off + "begin;\nselect 1;\nrollback;\ncall p();\n");
  kill_at_the_journal();
  EXPECT_EQ(history(), std::vector<std::string>{"1 started 3/4"});
  const RunReport report = up();
  EXPECT_EQ(find_finding(report.findings, "in-doubt").place->line, 5u);
}

// It could not be recorded, and so never be applied.
TEST_F(TransactionOff, AReadOnlyTransactionIsRecordedBehindIt) {
  write("1_a.sql", off + "begin read only;\nselect 1;\ncommit;\nselect 1/0;\n");
  error_of(up());
  EXPECT_EQ(history(), std::vector<std::string>{"1 failed 3/4"});
}

TEST_F(TransactionOff, TheFilesOwnTransactionWaitsForLocksNoLongerThanOthers) {
  write("1_a.sql", off +
                       "begin;\ncreate table l as select current_setting('lock_timeout');\n"
                       "commit;\n");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select * from l"), "1s");
}

}  // namespace
}  // namespace migrator
