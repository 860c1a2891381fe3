// A run whose session is lost on the way. Cuts at every message, also of a COMMIT, are in
// tests/faults.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Steps = std::vector<std::string>;

class LifelineTest : public RunFixture {
 protected:
  LifelineTest() { allow_reconnecting(); }

  /// 1 to 4, of which one sleeps long enough for its session to be ended in it.
  void write_four(int sleeper) {
    for (int i = 1; i <= 4; ++i)
      write(fmt::format("{0}_m.sql", i),
            fmt::format("-- migrate:up\ncreate table m{0}(n int);\n{1}"
                        "-- migrate:down\n{1}drop table m{0};\n",
                        i, i == sleeper ? "select pg_sleep(0.5);\n" : ""));
  }
};

TEST_F(LifelineTest, ALostSessionIsReplacedAndTheRunGoesOn) {
  write_four(3);
  const std::jthread killer = terminate_at("select pg_sleep");
  expect_done(up(), {"1 applied", "2 applied", "3 applied", "4 applied"});
  EXPECT_EQ(history(), (Steps{"1 applied 1/1", "2 applied 1/1", "3 applied 2/2", "4 applied 1/1"}));
  ASSERT_EQ(listener().waits.size(), 2U);
  EXPECT_PRED2(contains, listener().waits[0], "connecting again for up to 30 s");
}

TEST_F(LifelineTest, StepsThatWereAskedForAreNotCountedAnew) {
  write_four(2);
  const std::jthread killer = terminate_at("select pg_sleep");
  expect_done(up({.steps = 3}), {"1 applied", "2 applied", "3 applied"});
  EXPECT_FALSE(exists("m4"));
}

TEST_F(LifelineTest, NoMoreIsUndoneThanWasAskedFor) {
  write_four(3);
  up();
  const std::jthread killer = terminate_at("select pg_sleep");
  expect_done(down({.steps = 3}), {"4 undone", "3 undone", "2 undone"});
  EXPECT_TRUE(exists("m1"));
}

TEST_F(LifelineTest, WhatIsDoneAnewIsUndoneAndAppliedOnce) {
  write_four(3);
  up();
  const std::jthread killer = terminate_at("select pg_sleep");
  expect_done(redo(2), {"4 undone", "3 undone", "3 applied", "4 applied"});
  EXPECT_EQ(history().size(), 4U);
}

TEST_F(LifelineTest, SeedsThatRunAgainRunOnce) {
  write("1_t.sql", "create table t(n int);");
  up();
  write_seed("1_a.sql", "insert into t values (1);");
  write_seed("2_b.sql", "insert into t values (2);\nselect pg_sleep(0.5);");
  seed();
  const std::jthread killer = terminate_at("select pg_sleep");
  expect_done(seed(/*again=*/true), {"seed/1_a.sql applied", "seed/2_b.sql applied"});
  EXPECT_EQ(value("select string_agg(n::text, ' ' order by n) from t"), "1 1 2 2");
}

TEST_F(LifelineTest, OneTransactionIsTriedAsAWhole) {
  write_four(3);
  const std::jthread killer = terminate_at("select pg_sleep");
  expect_done(up({.single_transaction = true}),
              {"1 applied", "2 applied", "3 applied", "4 applied"});
}

TEST_F(LifelineTest, AFileOfSegmentsGoesOnWhereItStood) {
  write("1_t.sql",
        "create table t(n int);\ninsert into t values (1);\nvacuum t;\n"
        "insert into t values (2);\nselect pg_sleep(0.5);\n");
  const std::jthread killer = terminate_at("select pg_sleep");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select string_agg(n::text, ' ' order by n) from t"), "1 2");
  EXPECT_EQ(value("select fence from schema_migrations"), "2");
}

TEST_F(LifelineTest, AStatementThatEndsItsSessionIsNotTriedForEver) {
  sql("create sequence tries");
  write("1_t.sql", "select nextval('tries');\nselect pg_terminate_backend(pg_backend_pid());\n");
  const RunReport report = up();
  EXPECT_EQ(report.head.exit_code, 3);
  EXPECT_EQ(error_of(report).id, "connection-lost");
  EXPECT_EQ(error_of(report).kept, "nothing of migrations/1_t.sql");
  EXPECT_EQ(value("select last_value from tries"), "3");
  EXPECT_EQ(history(), Steps{});
}

TEST_F(LifelineTest, WithoutReconnectingOneLossIsTheEnd) {
  options().reconnect = std::chrono::milliseconds(0);
  write_four(2);
  const std::jthread killer = terminate_at("select pg_sleep");
  const RunReport report = up();
  EXPECT_EQ(report.head.exit_code, 3);
  EXPECT_EQ(steps_of(report), (Steps{"1 applied", "2 failed"}));
}

TEST_F(LifelineTest, ATimeLimitThatWasAskedForIsAFailure) {
  const bool is_known = connection().server_version() >= 170000;
  options().transaction_timeout = std::chrono::milliseconds(200);
  write("1_t.sql", "select pg_sleep(0.5);");
  const RunReport report = up();
  if (!is_known) {
    expect_done(report, {"1 applied"});
    EXPECT_EQ(find_finding(listener().notices, "timeout-unsupported").severity, Severity::warning);
  } else {
    EXPECT_NE(report.head.exit_code, 0);
    EXPECT_TRUE(listener().waits.empty());
  }
}

TEST_F(LifelineTest, ARowThatAnotherRunTookOverAndFinishedIsDone) {
  write("1_t.sql", "-- migrator: transaction off\ncreate table t(n int);\ncall take_over();");
  sql("create procedure take_over() language plpgsql as $$ begin update schema_migrations set "
      "run_id = gen_random_uuid(), fence = fence + 1, state = 'applied', statements_done = 2; end "
      "$$");
  const RunReport report = up();
  expect_done(report, {});
  EXPECT_TRUE(report.others_worked);
  EXPECT_EQ(history(), (Steps{"1 applied 2/2"}));
  EXPECT_PRED2(contains, listener().waits.at(0), "was taken over by another run; looking again");
}

TEST_F(LifelineTest, ARowThatIsGoneIsNoReasonToDoItAgain) {
  write("1_t.sql", "-- migrator: transaction off\ncreate table t(n int);\ncall take_away();");
  sql("create sequence calls; create procedure take_away() language plpgsql as $$ begin "
      "perform nextval('calls'); delete from schema_migrations; end $$");
  EXPECT_EQ(error_of(up()).id, "taken-over");
  EXPECT_EQ(value("select last_value from calls"), "1");
}

TEST_F(LifelineTest, ARowThatIsUndoneByAnotherRunIsNotUndoneInItsPlace) {
  write("1_t.sql", "-- migrate:up\ncreate table t(n int);\n-- migrate:down\ndrop table t;\n");
  write("2_u.sql",
        "-- migrate:up\nselect 1;\n-- migrate:down transaction:false\nselect 1;\n"
        "call take_over();\n");
  up();
  sql("create procedure take_over() language sql as "
      "$$ delete from schema_migrations where id = '2' $$");
  EXPECT_EQ(error_of(down()).id, "taken-over");
  EXPECT_TRUE(exists("t"));
}

TEST_F(LifelineTest, ARowThatCannotBeWrittenIsNotLookedAtForEver) {
  write("1_t.sql", "-- migrate:up\ncreate table t(n int);\n-- migrate:down\ndrop table t;\n");
  expect_done(up(), {"1 applied"});
  sql("create function no() returns trigger language plpgsql as $$ begin return null; end $$; "
      "create trigger no before update on schema_migrations for each row execute function no()");
  options().lock_wait = std::chrono::milliseconds(500);
  EXPECT_EQ(expect_error(ErrorKind::lock, [&] { down(); }).id, "overtaken");
  EXPECT_TRUE(exists("t"));
}

}  // namespace
}  // namespace migrator
