// `seed --jobs 2` whose sessions are lost, that is killed or told to stop, or that meets another
// one: each file of data is loaded once, and the next run finds nothing half done.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <optional>
#include <string>

#include "engine/pg/script.h"
#include "tests/faults/extent.h"
#include "tests/faults/fault_scene.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

/// `ledger` gets a row for each load that was kept. The tables do not refer to each other.
class SideBySideFaults : public testing::Test {
 protected:
  SideBySideFaults() {
    std::string tables =
        "create table ledger (what text);\n"
        "create function note() returns trigger language plpgsql as $$ begin insert into ledger "
        "values (tg_table_name); return null; end $$;\n";
    std::string options;
    for (const char name : {'a', 'b', 'c', 'd'}) {
      tables += fmt::format(
          "create table {0} (id int primary key, v text);\n"
          "create trigger noted after insert on {0} execute function note();\n",
          name);
      options += fmt::format("[{}]\nmode = \"replace\"\n", name);
      scene_.write(fmt::format("seeds/{}.csv", name), "id,v\n1,one\n2,two\n");
    }
    scene_.write("migrations/1_tables.sql", tables);
    scene_.write("seeds/seeds.toml", options);
    EXPECT_EQ(scene_.run({"up"}).exit_code, 0);
  }

  MigratorProcess start() const { return scene_.start({"seed", "--jobs", "2"}, scene_.url()); }

  /// Nobody loads into these until let_go.
  void hold(std::string_view tables) {
    holder_.emplace(scene_.connect());
    run_command(*holder_, fmt::format("begin; lock table {}", tables));
  }
  void let_go() { holder_.reset(); }

  std::string value(std::string_view query) {
    const auto rows = eye_.query(query);
    return rows.empty() ? "" : rows[0][0].value_or("NULL");
  }

  /// The server's process that loads this file, once it waits for its table.
  int waiting(std::string_view file) {
    std::string pid;
    wait_until(
        [&] {
          pid = value(
              fmt::format("select pid from pg_stat_activity where wait_event_type = 'Lock' and "
                          "datname = current_database() and application_name like '%: {}'",
                          file));
          return !pid.empty();
        },
        kRunLimit);
    return pid.empty() ? 0 : std::stoi(pid);
  }

  void terminate(int pid) {
    eye_.query(fmt::format("select pg_terminate_backend({})", pid));
    wait_until([&] {
      return value(fmt::format("select 1 from pg_stat_activity where pid = {}", pid)).empty();
    });
  }

  void expect_all_loaded_once() {
    EXPECT_EQ(value("select string_agg(what, ' ' order by what) from ledger"), "a b c d");
    EXPECT_EQ(value("select count(*) from (table a union all table b union all table c union all "
                    "table d) x"),
              "8");
    EXPECT_EQ(value("select string_agg(id || ' ' || state, ', ' order by id) from "
                    "schema_migrations where kind = 'seed'"),
              "seed/a.csv applied, seed/b.csv applied, seed/c.csv applied, seed/d.csv applied");
    scene_.expect_no_lock();
    const ShellResult again = scene_.run({"seed", "--jobs", "2"});
    EXPECT_EQ(again.exit_code, 0) << again.output;
    EXPECT_EQ(value("select count(*) from ledger"), "4");
  }

  FaultScene scene_{FaultScene::Files::none};
  Connection eye_ = scene_.connect();
  std::optional<Connection> holder_ = std::nullopt;
};

TEST_F(SideBySideFaults, ASessionOfOneFileIsEnded) {
  hold("a, c");
  MigratorProcess migrator = start();
  terminate(waiting("a.csv"));
  let_go();
  const ShellResult result = migrator.wait(kRunLimit);
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_PRED2(contains, result.output, "connected again; the history says what was kept");
  EXPECT_PRED2(contains, result.output, "4 seeds applied");
  expect_all_loaded_once();
}

TEST_F(SideBySideFaults, AllSessionsAreEnded) {
  hold("a, b");
  MigratorProcess migrator = start();
  waiting("a.csv");
  waiting("b.csv");
  EXPECT_GE(terminate_migrators(scene_.database()), 3U);
  let_go();
  const ShellResult result = migrator.wait(kRunLimit);
  EXPECT_EQ(result.exit_code, 0) << result.output;
  expect_all_loaded_once();
}

TEST_F(SideBySideFaults, ASessionThatIsLostAtTheSamePlaceAgainAndAgainEndsTheRun) {
  hold("a");
  MigratorProcess migrator = start();
  for (int i = 0; i < 3; ++i) terminate(waiting("a.csv"));
  const ShellResult result = migrator.wait(kRunLimit);
  let_go();
  EXPECT_EQ(result.exit_code, 3) << result.output;
  EXPECT_PRED2(contains, result.output, "the connection to the server was lost");
  EXPECT_EQ(value("select count(*) from a"), "0");
  EXPECT_EQ(scene_.run({"seed", "--jobs", "2"}).exit_code, 0);
  expect_all_loaded_once();
}

TEST_F(SideBySideFaults, NoSessionIsMadeAnewWhereNobodyWantsIt) {
  hold("a");
  MigratorProcess migrator =
      scene_.start({"seed", "--jobs", "2", "--reconnect", "0"}, scene_.url());
  terminate(waiting("a.csv"));
  const ShellResult result = migrator.wait(kRunLimit);
  let_go();
  EXPECT_EQ(result.exit_code, 3) << result.output;
  EXPECT_EQ(scene_.run({"seed", "--jobs", "2"}).exit_code, 0);
  expect_all_loaded_once();
}

TEST_F(SideBySideFaults, MigratorIsKilled) {
  hold("a, b");
  MigratorProcess migrator = start();
  waiting("a.csv");
  waiting("b.csv");
  migrator.kill();
  // Its server processes go on when they may, and notice only then.
  let_go();
  const ShellResult result = scene_.run({"seed", "--jobs", "2"});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  expect_all_loaded_once();
}

TEST_F(SideBySideFaults, AnotherOneIsStartedBeside) {
  hold("a, b");
  MigratorProcess one = start();
  waiting("a.csv");
  MigratorProcess other = start();
  wait_until([&] { return contains(other.output(), "waiting for another migrator"); }, kRunLimit);
  let_go();
  for (MigratorProcess* migrator : {&one, &other}) {
    const ShellResult result = migrator->wait(kRunLimit);
    EXPECT_EQ(result.exit_code, 0) << result.output;
  }
  expect_all_loaded_once();
}

// The one that has the lock loses it with its session, while its files go on in theirs.
TEST_F(SideBySideFaults, AnotherOneComesInWhenTheLockIsLost) {
  hold("a, b");
  MigratorProcess one = start();
  waiting("a.csv");
  waiting("b.csv");
  MigratorProcess other = start();
  wait_until([&] { return contains(other.output(), "waiting for another migrator"); }, kRunLimit);
  const std::string holder = value(
      "select l.pid from pg_locks l where l.locktype = 'advisory' and l.granted and l.database = "
      "(select oid from pg_database where datname = current_database())");
  terminate(std::stoi(holder));
  let_go();
  for (MigratorProcess* migrator : {&one, &other}) {
    const ShellResult result = migrator->wait(kRunLimit);
    EXPECT_EQ(result.exit_code, 0) << result.output;
  }
  expect_all_loaded_once();
}

TEST_F(SideBySideFaults, ASignalEndsTheRun) {
  hold("a, b");
  MigratorProcess migrator = start();
  waiting("a.csv");
  waiting("b.csv");
  migrator.signal(SIGTERM);
  const ShellResult result = migrator.wait(kRunLimit);
  EXPECT_EQ(result.exit_code, 128 + SIGTERM) << result.output;
  scene_.expect_no_lock();
  let_go();
  EXPECT_EQ(value("select count(*) from ledger"), "0");
  EXPECT_EQ(scene_.run({"seed", "--jobs", "2"}).exit_code, 0);
  expect_all_loaded_once();
}

}  // namespace
}  // namespace migrator
