// A connection that is lost after any message, in either direction: run again undisturbed, the same
// command brings the database to where one undisturbed run brings it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/faults/extent.h"
#include "tests/faults/fault_proxy.h"
#include "tests/faults/fault_scene.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;

/// What one worker needs for its runs, one after the other.
class FaultRuns {
 public:
  explicit FaultRuns(std::string_view parameters = "")
      : undisturbed_(scene_.undisturbed()), parameters_(parameters) {}

  /// The messages of a run that nothing befalls.
  Traffic count_messages() {
    scene_.drop_database();
    proxy_.begin({});
    const ShellResult result = run();
    EXPECT_EQ(result.exit_code, 0) << result.output;
    return proxy_.traffic();
  }

  void run_with(const Fault& fault, Tally& tally) {
    scene_.drop_database();
    proxy_.begin(fault);
    const auto begun = Clock::now();
    const ShellResult first = run();
    tally.add(first.exit_code, Clock::now() - begun, proxy_.traffic().struck);
    SCOPED_TRACE(fmt::format("after message {} {}, exit code {}:\n{}", fault.after,
                             name_of(fault.direction), first.exit_code, first.output));
    EXPECT_TRUE(first.exit_code == 0 || first.exit_code == 3);
    EXPECT_TRUE(first.exit_code == 0 || !first.output.empty());
    scene_.expect_end("setup", undisturbed_);
  }

 private:
  ShellResult run() {
    return scene_.start({"setup"}, proxy_.url(scene_.database(), parameters_)).wait(kRunLimit);
  }

  FaultScene scene_;
  FaultProxy proxy_{test_server_socket()};
  std::string undisturbed_;
  std::string parameters_;
};

class LostConnection : public testing::TestWithParam<Direction> {};

TEST_P(LostConnection, CutAfterAnyMessageEndsTheSame) {
  const std::uint64_t messages = FaultRuns().count_messages().messages(GetParam());
  Tally tally;
  for_each_of(messages, all_faults() ? messages : 5, [&](const Next& next) {
    FaultRuns runs;
    while (const auto k = next())
      runs.run_with({.kind = FaultKind::cut, .direction = GetParam(), .after = *k}, tally);
  });
  tell("cut" + name_of(GetParam()), fmt::format("{} messages; {}", messages, tally.text()));
}

// Only the keepalive tells: what is asked of it here is quicker than what migrator asks by itself.
constexpr std::string_view kQuickKeepalive =
    "&keepalives_idle=1&keepalives_interval=1&keepalives_count=1&tcp_user_timeout=2000";

TEST_P(LostConnection, SilentAfterSomeMessageEndsTheSame) {
  const std::uint64_t messages = FaultRuns().count_messages().messages(GetParam());
  const auto count = static_cast<std::uint64_t>(rounds(2, 20));
  Tally tally;
  for_each_of(count, count, [&](const Next& next) {
    FaultRuns runs(kQuickKeepalive);
    while (const auto nth = next())
      runs.run_with({.kind = FaultKind::blackhole,
                     .direction = GetParam(),
                     .after = *nth * messages / (count + 1)},
                    tally);
  });
  tell("silent" + name_of(GetParam()), fmt::format("{} messages; {}", messages, tally.text()));
}

INSTANTIATE_TEST_SUITE_P(Messages, LostConnection,
                         testing::Values(Direction::to_server, Direction::to_client),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace migrator
