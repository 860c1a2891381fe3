// migrator is killed, or its sessions are ended, at any moment: run again undisturbed, the same
// command brings the database to where one undisturbed run brings it.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <random>
#include <thread>

#include "tests/faults/extent.h"
#include "tests/faults/fault_scene.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

/// Does something to a migrator that runs, and returns how it ended.
using Disturb = std::function<ShellResult(const FaultScene& scene, MigratorProcess& migrator)>;

/// What stands for the exit code of one that was killed.
constexpr int kKilled = 128 + SIGKILL;

Seconds time_of_a_run(const FaultScene& scene) {
  scene.drop_database();
  const auto begun = Clock::now();
  EXPECT_EQ(scene.run({"setup"}).exit_code, 0);
  return Clock::now() - begun;
}

void run_disturbed(const FaultScene& scene, Seconds after, const std::string& undisturbed,
                   const Disturb& disturb, Tally& tally) {
  const auto begun = Clock::now();
  MigratorProcess migrator = scene.start({"setup"}, scene.url());
  std::this_thread::sleep_for(after);
  const ShellResult result = disturb(scene, migrator);
  tally.add(result.exit_code, Clock::now() - begun);
  SCOPED_TRACE(fmt::format("after {:.1f} ms, seed {}, exit code {}:\n{}", after.count() * 1000,
                           fault_seed(), result.exit_code, result.output));
  EXPECT_TRUE(result.exit_code == 0 || result.exit_code == 3 || result.exit_code == kKilled);
  EXPECT_TRUE(result.exit_code != 3 || !result.output.empty());
  scene.expect_end(scene.url(), undisturbed);
}

void disturb_at_random(const std::string& what, const Disturb& disturb) {
  const auto count = static_cast<std::uint64_t>(rounds(4, 100));
  Tally tally;
  for_each_of(count, count, [&](const Next& next) {
    const FaultScene scene;
    const std::string undisturbed = scene.undisturbed(scene.url());
    std::uniform_real_distribution<double> part(0, 1);
    const Seconds time = time_of_a_run(scene);
    while (const auto nth = next()) {
      std::mt19937_64 random(fault_seed() + *nth);
      // To make the database takes much of the time of a run.
      *nth % 2 == 0 ? scene.drop_database() : scene.make_empty_database();
      run_disturbed(scene, time * part(random), undisturbed, disturb, tally);
    }
  });
  tell(what, fmt::format("seed {}; {}", fault_seed(), tally.text()));
}

TEST(AtRandom, AKilledMigratorLeavesNothingToRepair) {
  disturb_at_random("killed", [](const FaultScene&, MigratorProcess& migrator) {
    migrator.kill();
    return ShellResult{.output = "", .exit_code = kKilled};
  });
}

TEST(AtRandom, SessionsThatAreEndedLeaveNothingToRepair) {
  std::atomic<std::size_t> ended = 0;
  disturb_at_random("terminated", [&](const FaultScene& scene, MigratorProcess& migrator) {
    ended += terminate_migrators(scene.database());
    return migrator.wait(kRunLimit);
  });
  tell("sessionsEnded", fmt::format("{}", ended.load()));
}

}  // namespace
}  // namespace migrator
