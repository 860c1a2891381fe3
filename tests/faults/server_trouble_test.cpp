// A server that goes away for good reasons: its standby takes over, or the database is dropped
// under a run.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "engine/pg/child_process.h"
#include "engine/pg/data_folder.h"
#include "engine/pg/local_server.h"
#include "tests/faults/fault_scene.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"
#include "tests/support/test_server.h"

namespace migrator {
namespace {

void wait_for_sleep(Connection& eye) {
  wait_until(
      [&] {
        return !eye.query(
                       "select from pg_stat_activity where state = 'active' and datname = "
                       "current_database() and query like 'select pg_sleep%'")
                    .empty();
      },
      kRunLimit);
}

/// A server, and a standby that has whatever the server says is committed.
class Pair {
 public:
  Pair() {
    primary_.start();
    Connection session = Connection::open(url_of(primary_, "postgres"), {});
    session.query("create database app");
    copy();
    standby_.start();
    session.query("alter system set synchronous_standby_names = '*'");
    session.query("select pg_reload_conf()");
    wait_until([&] {
      return !session.query("select from pg_stat_replication where sync_state = 'sync'").empty();
    });
  }
  ~Pair() {
    primary_.stop();
    standby_.stop();
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  /// For clients, which are to find out who takes writes.
  DatabaseUrl url() const {
    return DatabaseUrl::parse(fmt::format(
        "host={},{} port=5432,5432 user=postgres dbname=app "
        "target_session_attrs=read-write",
        primary_.status().socket_directory.string(), standby_.status().socket_directory.string()));
  }
  Connection connect_to_primary() const { return Connection::open(url_of(primary_, "app"), {}); }
  Connection connect_to_standby() const { return Connection::open(url_of(standby_, "app"), {}); }

  DatabaseUrl url_of_standby() const { return url_of(standby_, "app"); }
  /// Of the standby alone, once it takes writes.
  DatabaseUrl url_of_successor() const {
    return DatabaseUrl::parse(
        fmt::format("host={} port=5432 user=postgres dbname=app target_session_attrs=read-write",
                    standby_.status().socket_directory.string()));
  }

  void stop_standby() { standby_.stop(); }
  void start_standby() { standby_.start(); }

  void fail_over() {
    kill(primary_.status().pid, SIGQUIT);
    wait_until([&] { return !primary_.status().running; });
    Connection session = connect_to_standby();
    session.query("select pg_promote()");
    session.query("alter system reset synchronous_standby_names");
    session.query("select pg_reload_conf()");
  }

 private:
  static DatabaseUrl url_of(const LocalServer& server, std::string_view database) {
    return DatabaseUrl::parse(fmt::format("host={} port=5432 user=postgres dbname={}",
                                          server.status().socket_directory.string(), database));
  }

  void copy() const {
    const LocalServerStatus from = primary_.status();
    const auto to = standby_.status().directory;
    // What is found may be a link to it.
    const auto bindir = std::filesystem::canonical(from.bindir / "postgres").parent_path();
    const auto account = server_account(paths_of(from.directory));
    std::filesystem::create_directory(to);
    std::filesystem::permissions(to, std::filesystem::perms(0700));
    if (account) {
      ASSERT_EQ(chown(to.c_str(), account->user, account->group), 0);
    }
    const Outcome done =
        run({.arguments = {bindir / "pg_basebackup", "-h", from.socket_directory, "-U", "postgres",
                           "-D", to, "-R", "-X", "stream", "-c", "fast"},
             .account = account});
    ASSERT_EQ(done.exit_code, 0) << done.output;
  }

  ServerFolder first_;
  ServerFolder second_{ServerFolder::Content::nothing};
  LocalServer primary_{first_.options()};
  LocalServer standby_{second_.options()};
};

/// `run` with a migration to apply.
MigratorProcess run_on_standby(const FaultScene& scene, const Pair& pair) {
  scene.write("migrations/1_t.sql", "create table t (n int);");
  return scene.start({"run", "--", "echo", "started"}, pair.url_of_standby());
}

void wait_until_it_waits(MigratorProcess& run) {
  wait_until([&] { return contains(run.output(), "is a standby and takes no writes"); });
}

void expect_started(MigratorProcess& waiting, const char* applied) {
  const ShellResult result = waiting.wait(kRunLimit);
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_PRED2(contains, result.output, applied);
  EXPECT_PRED2(contains, result.output, "started");
}

TEST(ServerTrouble, AFailoverToTheStandbyIsFollowed) {
  Pair pair;
  const FaultScene scene(FaultScene::Files::none);
  for (int i = 1; i <= 3; ++i)
    scene.write(fmt::format("migrations/{}_m.sql", i),
                fmt::format("create table m{} (n int);\n{}", i,
                            i == 2 ? "select pg_sleep(1);\ncreate table twice (n int);" : ""));
  MigratorProcess migrator = scene.start({"up"}, pair.url());
  Connection eye = pair.connect_to_primary();
  wait_for_sleep(eye);
  pair.fail_over();
  const ShellResult result = migrator.wait(kRunLimit);
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_PRED2(contains, result.output, "connected again");
  EXPECT_EQ(pair.connect_to_standby()
                .query("select string_agg(id || ' ' || state, ', ' order by id) "
                       "from schema_migrations")
                .at(0)
                .at(0),
            "1 applied, 2 applied, 3 applied");
}

TEST(ServerTrouble, AStandbyIsWaitedForUntilItIsPromoted) {
  Pair pair;
  const FaultScene scene(FaultScene::Files::none);
  MigratorProcess waiting = scene.start({"wait"}, pair.url_of_successor());
  wait_until([&] { return contains(waiting.output(), "waiting for"); });
  pair.fail_over();
  const ShellResult result = waiting.wait(kRunLimit);
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_PRED2(contains, result.output, "ready: ");
}

TEST(ServerTrouble, RunWaitsForAStandbyThatIsPromotedAndForNoOther) {
  Pair pair;
  const FaultScene scene(FaultScene::Files::none);
  scene.write("migrations/1_t.sql", "create table t (n int);");
  const ShellResult refused =
      scene.start({"run", "--timeout", "1s", "--", "true"}, pair.url_of_standby()).wait();
  EXPECT_EQ(refused.exit_code, 3) << refused.output;

  MigratorProcess waiting = run_on_standby(scene, pair);
  wait_until_it_waits(waiting);
  scene.write("migrations/2_late.sql", "create table late (n int);");
  pair.fail_over();
  expect_started(waiting, "2 migrations applied");
}

TEST(ServerTrouble, RunWaitsForAStandbyOverALostSession) {
  Pair pair;
  const FaultScene scene(FaultScene::Files::none);
  MigratorProcess waiting = run_on_standby(scene, pair);
  wait_until_it_waits(waiting);
  pair.stop_standby();
  wait_until([&] { return contains(waiting.output(), "connecting again"); });
  pair.start_standby();
  pair.fail_over();
  expect_started(waiting, "1 migration applied");
}

TEST(ServerTrouble, AStopOfRunThatWaitsForAStandbyIsToldAsOne) {
  Pair pair;
  const FaultScene scene(FaultScene::Files::none);
  const auto expect_stopped = [](MigratorProcess& waiting) {
    waiting.signal(SIGTERM);
    const ShellResult result = waiting.wait();
    EXPECT_EQ(result.exit_code, 128 + SIGTERM) << result.output;
    EXPECT_PRED2(contains, result.output, "stopped while waiting for the standby to be promoted");
  };
  MigratorProcess looking = run_on_standby(scene, pair);
  wait_until_it_waits(looking);
  MigratorProcess connecting = run_on_standby(scene, pair);
  wait_until_it_waits(connecting);
  expect_stopped(looking);
  pair.stop_standby();
  wait_until([&] { return contains(connecting.output(), "connecting again"); });
  expect_stopped(connecting);
}

TEST(ServerTrouble, RunWaitsForAServerAndItsPromotionNoLongerThanItIsTold) {
  using Clock = std::chrono::steady_clock;
  Pair pair;
  const FaultScene scene(FaultScene::Files::none);
  scene.write("migrations/1_t.sql", "create table t (n int);");
  const DatabaseUrl url = pair.url_of_standby();
  pair.stop_standby();
  const auto begun = Clock::now();
  MigratorProcess waiting = scene.start({"run", "--timeout", "12s", "--", "true"}, url);
  std::this_thread::sleep_until(begun + std::chrono::seconds(6));
  pair.start_standby();
  const ShellResult result = waiting.wait(kRunLimit);
  EXPECT_EQ(result.exit_code, 3) << result.output;
  EXPECT_PRED2(contains, result.output, "is a standby and takes no writes");
  EXPECT_LT(Clock::now() - begun, std::chrono::seconds(16));
}

TEST(ServerTrouble, ADatabaseThatIsDroppedMeanwhileEndsTheRun) {
  const FaultScene scene(FaultScene::Files::none);
  scene.write("migrations/1_t.sql", "create table t (n int);\nselect pg_sleep(60);");
  MigratorProcess migrator = scene.start({"up", "--reconnect", "1s"}, scene.url());
  Connection eye = Connection::open(test_server().url(), {});
  const Field name = scene.database();
  wait_until([&] {
    return !eye.query(
                   "select from pg_stat_activity where query like 'select pg_sleep%' and "
                   "state = 'active' and datname = $1",
                   {&name, 1})
                .empty();
  });
  scene.drop_database();
  const ShellResult result = migrator.wait(kRunLimit);
  EXPECT_EQ(result.exit_code, 3) << result.output;
  EXPECT_PRED2(contains, result.output, "does not exist");
}

}  // namespace
}  // namespace migrator
