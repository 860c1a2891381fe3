// The proxy itself: that it counts and disturbs what it says, and nothing else.
#include "tests/faults/fault_proxy.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/faults/fault_scene.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

TEST(FaultProxy, CountsMessagesAndRoundTrips) {
  FaultProxy proxy(test_server_socket());
  Connection client = Connection::open(proxy.url("postgres"), {});
  const Traffic connected = proxy.traffic();
  EXPECT_EQ(connected.connections, 1u);
  client.query("select 1");
  const Traffic asked = proxy.traffic();
  EXPECT_EQ(asked.round_trips, connected.round_trips + 1);
  EXPECT_GT(asked.to_server, connected.to_server);
  // RowDescription, DataRow, CommandComplete, ReadyForQuery at least.
  EXPECT_GE(asked.to_client, connected.to_client + 4);
  proxy.begin({});
  EXPECT_EQ(proxy.traffic().to_client, 0u);
}

TEST(FaultProxy, CutsOnceAndLetsTheNextOnePass) {
  FaultProxy proxy(test_server_socket());
  Connection counted = Connection::open(proxy.url("postgres"), {});
  const Traffic connected = proxy.traffic();
  proxy.begin({.kind = FaultKind::cut,
               .direction = Direction::to_client,
               .after = connected.to_client + 1});
  Connection client = Connection::open(proxy.url("postgres"), {});
  EXPECT_FALSE(proxy.traffic().struck);
  expect_error(ErrorKind::connection, [&] { client.query("select 1"); });
  EXPECT_TRUE(proxy.traffic().struck);
  EXPECT_EQ(proxy.traffic().to_client, connected.to_client + 1);
  EXPECT_EQ(Connection::open(proxy.url("postgres"), {}).query("select 1").size(), 1u);
}

TEST(FaultProxy, ABlackholeIsNoticedByTheKeepaliveAlone) {
  FaultProxy proxy(test_server_socket());
  const DatabaseUrl url = proxy.url(
      "postgres",
      "&keepalives_idle=1&keepalives_interval=1&keepalives_count=1&tcp_user_timeout=1500");
  Connection counted = Connection::open(url, {});
  proxy.begin({.kind = FaultKind::blackhole,
               .direction = Direction::to_server,
               .after = proxy.traffic().to_server + 1,
               .server_notices = milliseconds(100)});
  Connection client = Connection::open(url, {});
  const auto begun = Clock::now();
  expect_error(ErrorKind::connection, [&] { client.query("select 1"); });
  EXPECT_GE(Clock::now() - begun, milliseconds(900));
  EXPECT_EQ(Connection::open(url, {}).query("select 1").size(), 1u);
}

TEST(FaultProxy, HoldsEachMessageBack) {
  FaultProxy proxy(test_server_socket(), milliseconds(40));
  Connection client = Connection::open(proxy.url("postgres"), {});
  const auto begun = Clock::now();
  client.query("select 1");
  EXPECT_GE(Clock::now() - begun, milliseconds(80));
}

TEST(FaultProxy, PassesACancelRequest) {
  FaultProxy proxy(test_server_socket());
  std::stop_source stop;
  Connection client = Connection::open(proxy.url("postgres"), {}, stop.get_token());
  const std::jthread stopper([&] {
    Connection eye = Connection::open(test_server().url(), {});
    wait_until([&] {
      return !eye.query(
                     "select from pg_stat_activity where query = 'select pg_sleep(30.5)' "
                     "and state = 'active'")
                  .empty();
    });
    stop.request_stop();
  });
  const Traffic before = proxy.traffic();
  expect_error(ErrorKind::migration, [&] { client.query("select pg_sleep(30.5)"); });
  EXPECT_EQ(proxy.traffic().connections, before.connections + 1);
}

}  // namespace
}  // namespace migrator
