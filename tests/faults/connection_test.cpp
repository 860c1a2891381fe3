// A connection that is lost after any message, in either direction: run again undisturbed, the same
// command brings the database to where one undisturbed run brings it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/faults/extent.h"
#include "tests/faults/fault_proxy.h"
#include "tests/faults/fault_scene.h"
#include "tests/faults/pooler.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;

/// What one worker needs for its runs, one after the other.
class FaultRuns {
 public:
  explicit FaultRuns(Way way = Way::directly, std::string_view parameters = "")
      : way_(way), to_server_(way), proxy_(to_server_.socket()), parameters_(parameters) {}

  /// The messages of a run that nothing befalls.
  Traffic count_messages() {
    const ShellResult result = run_with({});
    EXPECT_EQ(result.exit_code, 0) << result.output;
    return proxy_.traffic();
  }

  void expect_same_end(const Fault& fault, Tally& tally) {
    const auto begun = Clock::now();
    const ShellResult first = run_with(fault);
    tally.add(first.exit_code, Clock::now() - begun, proxy_.traffic().struck);
    SCOPED_TRACE(fmt::format("after message {} {}, exit code {}:\n{}", fault.after,
                             name_of(fault.direction), first.exit_code, first.output));
    EXPECT_TRUE(first.exit_code == 0 || first.exit_code == 3);
    EXPECT_TRUE(first.exit_code == 0 || !first.output.empty());
    scene_.expect_end(to_server_.url(scene_.database()), undisturbed_);
  }

 private:
  ShellResult run_with(const Fault& fault) {
    // A pooler does not say that there is no database as the server does.
    if (way_ == Way::directly)
      scene_.drop_database();
    else
      scene_.make_empty_database();
    proxy_.begin(fault);
    return scene_.start({"setup"}, proxy_.url(scene_.database(), parameters_)).wait(kRunLimit);
  }

  Way way_;
  WayToServer to_server_;
  FaultProxy proxy_;
  std::string parameters_;
  FaultScene scene_;
  std::string undisturbed_ = scene_.undisturbed(to_server_.url(scene_.database()));
};

/// Cuts after `count` of the messages of this direction; after each of them where all is tried.
void cut_connections(Direction direction, Way way, std::uint64_t count) {
  const std::uint64_t messages = FaultRuns(way).count_messages().messages(direction);
  Tally tally;
  for_each_of(messages, all_faults() ? messages : count, [&](const Next& next) {
    FaultRuns runs(way);
    while (const auto k = next())
      runs.expect_same_end({.kind = FaultKind::cut, .direction = direction, .after = *k}, tally);
  });
  tell("cut" + name_of(direction) + name_of(way),
       fmt::format("{} messages; {}", messages, tally.text()));
}

class LostConnection : public testing::TestWithParam<Direction> {};

TEST_P(LostConnection, CutAfterAnyMessageEndsTheSame) {
  cut_connections(GetParam(), Way::directly, 5);
}

TEST_P(LostConnection, CutBeforeATransactionPoolerEndsTheSame) {
  cut_connections(GetParam(), Way::transaction_pooler, 3);
}

// Only the keepalive tells: what is asked of it here is quicker than what migrator asks by itself.
constexpr std::string_view kQuickKeepalive =
    "&keepalives_idle=1&keepalives_interval=1&keepalives_count=1&tcp_user_timeout=2000";

TEST_P(LostConnection, SilentAfterSomeMessageEndsTheSame) {
  const std::uint64_t messages = FaultRuns().count_messages().messages(GetParam());
  const auto count = static_cast<std::uint64_t>(rounds(2, 20));
  Tally tally;
  for_each_of(count, count, [&](const Next& next) {
    FaultRuns runs(Way::directly, kQuickKeepalive);
    while (const auto nth = next())
      runs.expect_same_end({.kind = FaultKind::blackhole,
                            .direction = GetParam(),
                            .after = *nth * messages / (count + 1)},
                           tally);
  });
  tell("silent" + name_of(GetParam()), fmt::format("{} messages; {}", messages, tally.text()));
}

TEST(Connections, ARunWorksOverTheOneThatItWaitedFor) {
  FaultProxy proxy(test_server_socket());
  const FaultScene scene(FaultScene::Files::none);
  scene.write("migrations/1_t.sql", "create table t (n int);");
  const auto connections = [&] {
    proxy.begin({});
    const ShellResult result =
        scene.start({"run", "--", "true"}, proxy.url(scene.database())).wait(kRunLimit);
    EXPECT_EQ(result.exit_code, 0) << result.output;
    return proxy.traffic().connections;
  };
  EXPECT_EQ(connections(), 1U) << "with something to do";
  EXPECT_EQ(connections(), 1U) << "with nothing to do";
}

INSTANTIATE_TEST_SUITE_P(Messages, LostConnection,
                         testing::Values(Direction::to_server, Direction::to_client),
                         [](const auto& tested) { return name_of(tested.param); });

}  // namespace
}  // namespace migrator
