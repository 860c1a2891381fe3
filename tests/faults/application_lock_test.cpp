// An application holds a lock that a migration has to wait for: those who only read are not held up
// for longer than lock_timeout at a time, and the migration goes through once the lock is free.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "engine/pg/script.h"
#include "tests/faults/extent.h"
#include "tests/faults/fault_scene.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Reads a table again and again, and keeps how long the slowest time took.
class Reader {
 public:
  explicit Reader(const FaultScene& scene)
      : session_(scene.connect()), thread_([this](const std::stop_token& stop) { read(stop); }) {}

  /// Ends it.
  milliseconds longest() {
    thread_.request_stop();
    thread_.join();
    return std::chrono::duration_cast<milliseconds>(longest_);
  }

 private:
  void read(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const auto begun = Clock::now();
      session_.query("select count(*) from t");
      longest_ = std::max(longest_, Clock::now() - begun);
    }
  }

  Connection session_;
  Clock::duration longest_{};
  std::jthread thread_;
};

TEST(ApplicationLock, NeverHoldsUpReadersForLongerThanTheLockTimeout) {
  const FaultScene scene(FaultScene::Files::none);
  scene.write("migrations/1_t.sql", "create table t (n int);");
  ASSERT_EQ(scene.run({"up"}).exit_code, 0);
  scene.write("migrations/2_alter.sql", "alter table t add m int;");
  Connection holder = scene.connect();
  run_command(holder, "begin; lock table t in access share mode");
  Reader reader(scene);
  MigratorProcess migrator = scene.start({"up", "--lock-timeout", "300ms"}, scene.url());
  wait_until([&] { return contains(migrator.output(), "try 4 of"); }, kRunLimit);
  run_command(holder, "rollback");
  const ShellResult result = migrator.wait(kRunLimit);
  const milliseconds longest = reader.longest();
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_EQ(scene.connect().query("select m from t").size(), 0u);
  // It did stand in line, and only for one try at a time.
  EXPECT_GE(longest, milliseconds(100));
  EXPECT_LE(longest, milliseconds(300 + 500));
  tell("longestRead", fmt::format("{} ms, lock_timeout 300 ms", longest.count()));
}

}  // namespace
}  // namespace migrator
