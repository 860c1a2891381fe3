// Ten migrators that start at the same moment: each migration is applied once, and all of them
// succeed; directly and through a pooler of either mode.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <list>

#include "engine/pg/script.h"
#include "tests/faults/extent.h"
#include "tests/faults/fault_scene.h"
#include "tests/faults/pooler.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;

class TenAtOnce : public testing::TestWithParam<Way> {
 protected:
  std::list<MigratorProcess> start(int migrators, const std::string& command) {
    std::list<MigratorProcess> started;
    for (int i = 0; i < migrators; ++i)
      started.emplace_back(std::vector{command}, scene_.folder(), way_.url(scene_.database()));
    return started;
  }

  void expect_success(std::list<MigratorProcess>& migrators, Tally& tally) {
    const auto begun = Clock::now();
    for (MigratorProcess& migrator : migrators) {
      const auto left = std::max(begun + kRunLimit - Clock::now(), Clock::duration::zero());
      const ShellResult result =
          migrator.wait(std::chrono::duration_cast<std::chrono::milliseconds>(left));
      tally.add(result.exit_code, Clock::now() - begun);
      EXPECT_EQ(result.exit_code, 0) << result.output;
    }
  }

  FaultScene scene_;
  WayToServer way_{GetParam()};
};

TEST_P(TenAtOnce, ApplyEachMigrationOnce) {
  const std::string undisturbed = scene_.undisturbed(way_.url(scene_.database()));
  Tally tally;
  for (int round = 1; round <= rounds(2, 50) && !HasFailure(); ++round) {
    SCOPED_TRACE(fmt::format("round {}", round));
    scene_.make_empty_database();
    std::list<MigratorProcess> migrators = start(10, "setup");
    expect_success(migrators, tally);
    EXPECT_EQ(scene_.fingerprint(), undisturbed);
    scene_.expect_no_lock();
  }
  tell("tenAtOnce" + name_of(GetParam()), tally.text());
}

// Waiting in the server would be a snapshot for which CONCURRENTLY waits in turn.
TEST_P(TenAtOnce, DoNotHoldUpAnIndexThatIsBuiltConcurrently) {
  scene_.make_empty_database();
  scene_.write("migrations/3_segments.sql", "create table moods (n int, mood text);");
  ASSERT_EQ(scene_.run({"up"}).exit_code, 0);
  scene_.write("migrations/6_index.sql", "create index concurrently users_id on users (id, name);");
  Connection holder = scene_.connect(), eye = scene_.connect();
  run_command(holder, "begin isolation level repeatable read; select 1");
  std::list<MigratorProcess> migrators = start(10, "up");
  wait_until([&] {
    return !eye.query(fmt::format("select from pg_stat_activity where query ilike "
                                  "'create index concurrently%' and {} = "
                                  "any(pg_blocking_pids(pid))",
                                  holder.backend_pid()))
                .empty();
  });
  wait_until(
      [&] {
        return std::ranges::count_if(migrators, [](const MigratorProcess& migrator) {
                 return contains(migrator.output(), "waiting for another migrator");
               }) == 9;
      },
      std::chrono::seconds(20));
  run_command(holder, "rollback");
  Tally tally;
  expect_success(migrators, tally);
  EXPECT_EQ(eye.query("select from pg_index where indexrelid = 'users_id'::regclass and indisvalid")
                .size(),
            1u);
  scene_.expect_no_lock();
}

INSTANTIATE_TEST_SUITE_P(Replicas, TenAtOnce,
                         testing::Values(Way::directly, Way::session_pooler,
                                         Way::transaction_pooler),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace migrator
