#include "engine/pg/blockers.h"

#include <gtest/gtest.h>

#include <thread>

#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using std::chrono::milliseconds;

/// holder has ACCESS SHARE on t; middle waits for ACCESS EXCLUSIVE; we wait behind both.
class BlockersTest : public RunFixture {
 protected:
  BlockersTest() {
    sql("create table t(n int)");
    run_command(holder_, "begin; select 1 from t");
  }
  ~BlockersTest() override { run_command(holder_, "rollback"); }

  static std::jthread wait_for_lock(Connection& session) {
    return std::jthread(
        [&session] { run_command(session, "alter table t add if not exists m int"); });
  }

  std::vector<OtherSession> blockers_of_run() {
    std::vector<OtherSession> found;
    wait_until([&] {
      found = blockers_of(eye(), connection().backend_pid());
      return found.size() == 2;
    });
    return found;
  }

  Connection holder_ = database().connect("holder");
  Connection middle_ = database().connect("middle");
};

TEST_F(BlockersTest, DoNotShowPasswordsOrWhatOtherMigratorsSend) {
  run_command(holder_, "select 1 from t where 'Password'::text <> 'hunter2'");
  Connection other = database().connect("migrator 1 (01234567): 1_t.sql");
  run_command(other, "begin; lock table t in access share mode");
  run_command(other, "/* hunter2 */ insert into t select 1 where 'hunter2' = ''");
  const std::jthread ours = wait_for_lock(connection());
  const auto found = blockers_of_run();
  run_command(holder_, "rollback");
  run_command(other, "rollback");
  ASSERT_EQ(found.size(), 2U);
  const bool first = found[0].application_name == "holder";
  EXPECT_EQ(found[first ? 0 : 1].statement, "select 1 from t where 'Password ...");
  EXPECT_EQ(found[first ? 1 : 0].statement, "INSERT INTO");
}

TEST_F(BlockersTest, AreFollowedAlongTheirChain) {
  const std::jthread middle = wait_for_lock(middle_);
  wait_until([&] { return !blockers_of(eye(), middle_.backend_pid()).empty(); });
  const std::jthread ours = wait_for_lock(connection());
  const auto found = blockers_of_run();
  run_command(holder_, "rollback");
  // Both are in our way, and one of them in the other's.
  ASSERT_EQ(found.size(), 2U);
  const bool first = found[0].application_name == "holder";
  const OtherSession& holder = found[first ? 0 : 1];
  const OtherSession& middle_one = found[first ? 1 : 0];
  EXPECT_EQ(holder.pid, holder_.backend_pid());
  EXPECT_EQ(holder.state, "idle in transaction");
  EXPECT_EQ(holder.lock, "ACCESS SHARE on t");
  EXPECT_TRUE(holder.transaction_age.has_value());
  EXPECT_EQ(holder.statement, "begin; select 1 from t");
  EXPECT_EQ(middle_one.application_name, "middle");
  EXPECT_EQ(middle_one.lock, "waiting for ACCESS EXCLUSIVE on t");
}

TEST_F(BlockersTest, KeepTheirQueriesToThemselvesWhereAsked) {
  const std::jthread middle = wait_for_lock(middle_);
  wait_until([&] { return !blockers_of(eye(), middle_.backend_pid()).empty(); });
  eye().show_queries(false);
  const auto found = blockers_of(eye(), middle_.backend_pid());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].statement, "");
  run_command(holder_, "rollback");
}

TEST_F(BlockersTest, AreNamedInEachRetryAndAtTheEnd) {
  connect_watcher() = [this](const std::stop_token&) { return database().connect("watch"); };
  // The watch has to connect and look meanwhile, on a machine that is busy with other tests.
  options().lock_timeout = milliseconds(2000);
  options().first_pause = milliseconds(1);
  options().tries = 2;
  write("1_t.sql", "alter table t add m int;");
  const Finding error = error_of(up());
  EXPECT_EQ(error.sqlstate, "55P03");
  EXPECT_PRED2(contains, error.detail, "given up after 2 tries");
  EXPECT_PRED2(contains, error.detail,
               "blocked by process " + std::to_string(holder_.backend_pid()));
  ASSERT_EQ(listener().retries.size(), 1U);
  ASSERT_EQ(listener().retries[0].blockers.size(), 1U);
  EXPECT_EQ(listener().retries[0].blockers[0].lock, "ACCESS SHARE on t");
  EXPECT_EQ(listener().retries[0].next_try, 2U);
}

}  // namespace
}  // namespace migrator
