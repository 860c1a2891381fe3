// Rows that several runs want: fences, leases, and waiting for whoever is at work.
#include "engine/run/owners.h"

#include <gtest/gtest.h>

#include "engine/pg/predecessor.h"
#include "engine/plan/planner.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using std::chrono::milliseconds;

class OwnersTest : public RunFixture {
 protected:
  /// The plan that a run makes which sees a half-done first file.
  Plan plan_of_half_done() {
    write("1_t.sql", "create table t(n int);\nvacuum t;\nselect 1 / n from d;\n");
    sql("create table d(n int)");
    sql("insert into d values (0)");
    up();
    history_ = table().read(connection()).history;
    files_ = project();
    comparison_ = compare(files_, history_);
    return plan_up(files_, comparison_, {}, {});
  }

  Project files_;
  History history_;
  Comparison comparison_;
};

TEST_F(OwnersTest, WhoTookTheRowOverIsTheOnlyOneToWriteIt) {
  const Plan plan = plan_of_half_done();
  const Step& step = plan.steps.at(0);
  const Runner first{unique_run_id(), ""}, second{unique_run_id(), ""};
  ASSERT_EQ(step.fence(), 2U);
  EXPECT_TRUE(table().begin(connection(), step, first));
  EXPECT_FALSE(table().begin(connection(), step, second));  // it saw another row
  EXPECT_FALSE(table().is_done(connection(), step));
  Step again = step;
  again.previous = seen(table().read(connection()).history.rows.at(0));
  EXPECT_TRUE(table().begin(connection(), again, second));
  EXPECT_EQ(
      expect_error(ErrorKind::migration, [&] { table().advance(connection(), step, 3, first); }).id,
      "taken-over");
  EXPECT_FALSE(table().renew(connection(), step, first, milliseconds(1000)));
  table().advance(connection(), again, 3, second);
}

TEST_F(OwnersTest, ALeaseIsWaitedForUntilItIsOver) {
  plan_of_half_done();
  sql("delete from d");
  sql("update schema_migrations set state = 'started', application_host = 'elsewhere', "
      "lease_until = clock_timestamp() + interval '700 ms'");
  expect_done(up(), {"1 applied"});
  ASSERT_FALSE(listener().waits.empty());
  EXPECT_PRED2(contains, listener().waits[0],
               "waiting for another migrator: 1_t, statement 3 of 3");
  EXPECT_PRED2(contains, listener().waits[0], "a migrator on elsewhere");
  EXPECT_EQ(value("select fence from schema_migrations"), "2");
}

TEST_F(OwnersTest, WaitingForALeaseHasItsLimit) {
  plan_of_half_done();
  sql("update schema_migrations set state = 'started', "
      "lease_until = clock_timestamp() + interval '1 hour'");
  options().lock_wait = milliseconds(300);
  EXPECT_EQ(expect_error(ErrorKind::lock, [&] { up(); }).id, "lock-timeout");
}

TEST_F(OwnersTest, ASessionOfTheRunIsWaitedForThoughItHasNoLock) {
  plan_of_half_done();
  sql("delete from d");
  const std::string run = value("select run_id from schema_migrations");
  sql("update schema_migrations set state = 'started'");
  std::optional<Connection> owner = database().connect(session_name(run));
  const std::jthread leaver([&] {
    wait_until([&] { return listener().times_waited > 0; });
    owner.reset();
  });
  expect_done(up(), {"1 applied"});
  EXPECT_PRED2(contains, listener().waits.at(0), session_name(run));
}

}  // namespace
}  // namespace migrator
