// Who is at work in a database, and a probe that looks on: over real sessions that do real work.
#include "engine/pg/at_work.h"

#include "engine/base/error.h"
#include "engine/run/status_probe.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

class AtWorkTest : public RunFixture {
 protected:
  StatusProbe probe() {
    return StatusProbe({.folders = folders(),
                        .table = table(),
                        .environment = "test",
                        .url = database().url(),
                        .connect = [this](const std::stop_token&) { return connect(); }});
  }
};

TEST_F(AtWorkTest, NobodyIsAtFirst) {
  EXPECT_EQ(at_work(eye(), table().lock_key(eye())), std::nullopt);
}

TEST_F(AtWorkTest, ItIsWhoHasTheLockAndItsStatementIsAKind) {
  Connection holder = database().connect("somebody");
  const Field key = std::to_string(table().lock_key(holder));
  holder.query("select pg_advisory_lock($1::bigint)", {&key, 1});
  const auto work = at_work(eye(), table().lock_key(eye()));
  ASSERT_TRUE(work);
  EXPECT_TRUE(work->has_lock);
  EXPECT_FALSE(work->is_executing);
  EXPECT_EQ(work->migrator.statement, "SELECT");
  EXPECT_EQ(work->file, "");
}

TEST_F(AtWorkTest, ANameTellsTheFileOfOneThatHasNoLock) {
  Connection other = database().connect("migrator 9.9.9 (12345678): 3_c.sql");
  EXPECT_EQ(at_work(eye(), table().lock_key(eye())), std::nullopt);  // it rests
  other.query("begin");
  const auto work = at_work(eye(), table().lock_key(eye()));
  ASSERT_TRUE(work);
  EXPECT_EQ(work->file, "3_c.sql");
  EXPECT_FALSE(work->has_lock);
}

TEST_F(AtWorkTest, AProbeSeesFilesAndDatabaseChange) {
  write("1_a.sql", "create table a (id int);");
  StatusProbe looking = probe();
  EXPECT_FALSE(is_good(readiness(looking.look({}), {})));
  expect_done(up(), {"1 applied"});
  EXPECT_TRUE(is_good(readiness(looking.look({}), {})));
  write("2_b.sql", "select 1;");
  EXPECT_FALSE(is_good(readiness(looking.look({}), {})));
  remove("2_b.sql");
  EXPECT_TRUE(is_good(readiness(looking.look({}), {})));
}

TEST_F(AtWorkTest, AProbeComesBackAfterItsSessionWasEnded) {
  write("1_a.sql", "create table a (id int);");
  expect_done(up(), {"1 applied"});
  StatusProbe looking = probe();
  EXPECT_FALSE(looking.look({}).error);
  sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
      "and application_name = 'test' and pid <> pg_backend_pid() and query = 'DISCARD ALL'");
  const Sight lost = looking.look({});
  EXPECT_TRUE(lost.error);
  EXPECT_FALSE(is_good(readiness(lost, {})));
  EXPECT_FALSE(looking.look({}).error);
}

TEST_F(AtWorkTest, AProbeSeesNoMotionWhereThereIsNone) {
  write("1_a.sql", "create table a (id int);");
  StatusProbe looking = probe();
  looking.look({});
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_GE(looking.look({}).motionless, std::chrono::milliseconds(30));
  expect_done(up(), {"1 applied"});
  EXPECT_LT(looking.look({}).motionless, std::chrono::milliseconds(30));
}

}  // namespace
}  // namespace migrator
