// SIGTERM and SIGINT wherever a run can spend its time: it ends within two seconds, keeps nothing
// half-done and no lock, and the next run begins at once.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <optional>
#include <ostream>

#include "engine/pg/script.h"
#include "tests/faults/fault_proxy.h"
#include "tests/faults/fault_scene.h"
#include "tests/faults/pooler.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kOldSnapshot =
    "begin isolation level repeatable read; select count(*) from t";

/// Where the signal finds the run.
struct Moment {
  std::string_view name;
  std::string_view migration;
  std::string_view held = "";    ///< what another session does meanwhile
  std::string_view query = "";   ///< LIKE the statement that runs then, ...
  std::string_view output = "";  ///< ... or what it has printed
  /// A migrator that was there first waits in its place, and goes on.
  bool behind_another = false;
};

void PrintTo(const Moment& moment, std::ostream* out) {
  *out << moment.name;
}

const Moment kMoments[] = {
    {.name = "InATransaction",
     .migration = "create table b (n int);\nselect pg_sleep(60);",
     .query = "select pg_sleep(60)%"},
    {.name = "InAStatementAlone",
     .migration = "create index concurrently t_n on t (n);",
     .held = kOldSnapshot,
     .query = "create index concurrently%"},
    {.name = "InADeferredConstraint",
     .migration = "create function s() returns trigger language plpgsql as "
                  "$$ begin perform pg_sleep(60); return null; end $$;\n"
                  "create constraint trigger c after insert on t deferrable initially deferred "
                  "for each row execute function s();\ninsert into t values (1);\nvacuum t;",
     .query = "SET CONSTRAINTS%"},
    {.name = "BetweenTwoTries",
     .migration = "create table b (n int);\nalter table t add m int;",
     .held = "begin; lock table t",
     .output = "try 2 of"},
    {.name = "WaitingForAnotherMigrator",
     .migration = "create index concurrently t_n on t (n);",
     .held = kOldSnapshot,
     .output = "waiting for another migrator",
     .behind_another = true},
};

class Signal : public testing::TestWithParam<std::tuple<Moment, int>> {
 protected:
  Signal() {
    scene_.write("migrations/1_t.sql", "create table t (n int);");
    EXPECT_EQ(scene_.run({"up"}).exit_code, 0);
  }

  bool is_running(std::string_view query) {
    return !eye_.query(fmt::format("select from pg_stat_activity where state = 'active' and "
                                   "datname = current_database() and query like '{}' "
                                   "and application_name like 'migrator %'",
                                   query))
                .empty();
  }

  void wait_until_there(const Moment& moment, const MigratorProcess& migrator) {
    wait_until(
        [&] {
          return moment.query.empty() ? contains(migrator.output(), moment.output)
                                      : is_running(moment.query);
        },
        kRunLimit);
  }

  std::string tables() {
    return eye_
        .query(
            "select string_agg(relname, ' ' order by relname) from pg_class "
            "where relnamespace = 'public'::regnamespace and relkind = 'r'")
        .at(0)
        .at(0)
        .value_or("");
  }

  FaultScene scene_{FaultScene::Files::none};
  Connection eye_ = scene_.connect();
  Connection holder_ = scene_.connect();
};

TEST_P(Signal, EndsTheRunWithinTwoSecondsAndKeepsNoLock) {
  const auto& [moment, number] = GetParam();
  scene_.write("migrations/2_file.sql", moment.migration);
  if (!moment.held.empty()) run_command(holder_, moment.held);
  std::optional<MigratorProcess> first;
  if (moment.behind_another) {
    first.emplace(std::vector<std::string>{"up"}, scene_.folder(), scene_.url());
    wait_until([&] { return is_running("create index%"); });
  }
  MigratorProcess migrator = scene_.start({"up"}, scene_.url());
  wait_until_there(moment, migrator);
  const auto begun = Clock::now();
  migrator.signal(number);
  const ShellResult result = migrator.wait();
  EXPECT_LT(Clock::now() - begun, std::chrono::seconds(2));
  EXPECT_EQ(result.exit_code, 128 + number) << result.output;
  EXPECT_EQ(tables(), "schema_migrations t");

  if (!moment.held.empty()) run_command(holder_, "rollback");
  if (first) {
    EXPECT_EQ(first->wait(kRunLimit).exit_code, 0);
  }
  scene_.expect_no_lock();
  if (moment.held.empty() && !moment.query.empty())
    scene_.write("migrations/2_file.sql", "select 1");
  const ShellResult next = scene_.run({"up", "--lock-wait", "1s"});
  EXPECT_EQ(next.exit_code, 0) << next.output;
  EXPECT_PRED2(lacks, next.output, "waiting for another migrator");
  EXPECT_EQ(scene_.run({"status"}).exit_code, 0);
}

// The server knows nothing to cancel when the request comes before the statement.
TEST(SignalBeforeItsStatement, EndsTheRunWithinTwoSeconds) {
  const FaultScene scene(FaultScene::Files::none);
  scene.write("migrations/1_t.sql", "create table t (n int);");
  ASSERT_EQ(scene.run({"up"}).exit_code, 0);
  scene.write("migrations/2_file.sql", "create table b (n int);\nselect pg_sleep(60);");
  FaultProxy proxy(test_server_socket(), std::chrono::milliseconds(60));
  MigratorProcess migrator = scene.start({"up"}, proxy.url(scene.database()));
  wait_until([&] { return contains(proxy.traffic().last_to_server, "pg_sleep(60)"); }, kRunLimit);
  const auto begun = Clock::now();
  migrator.signal(SIGTERM);
  const ShellResult result = migrator.wait();
  EXPECT_LT(Clock::now() - begun, std::chrono::seconds(2));
  EXPECT_EQ(result.exit_code, 128 + SIGTERM) << result.output;
  EXPECT_PRED2(contains, result.output, "kept:    nothing of migrations/2_file.sql");
  scene.expect_no_lock();
}

TEST(SignalInSilence, EndsTheRunWithinTwoSeconds) {
  const FaultScene scene(FaultScene::Files::none);
  scene.write("migrations/1_t.sql", "select pg_sleep(60);");
  const Pooler pooler(PoolMode::session);
  MigratorProcess migrator = scene.start({"up"}, pooler.url(scene.database()));
  Connection eye = scene.connect();
  // So long that a session looks on at it.
  wait_until(
      [&] {
        return eye.query(
                      "select from pg_stat_activity where query like 'select pg_sleep%' and "
                      "datname = current_database() and "
                      "clock_timestamp() - query_start > interval '2 seconds'")
                   .size() == 1;
      },
      kRunLimit);
  pooler.fall_silent();
  const auto begun = Clock::now();
  migrator.signal(SIGTERM);
  const ShellResult result = migrator.wait(kRunLimit);
  EXPECT_LT(Clock::now() - begun, std::chrono::seconds(2));
  EXPECT_EQ(result.exit_code, 128 + SIGTERM) << result.output;
  EXPECT_PRED2(contains, result.output, "did not confirm");
  terminate_migrators(scene.database());
}

// Nothing is under way that could be cancelled, and what tidies up is not answered.
TEST(SignalInSilence, EndsTheRunThoughNothingIsUnderWay) {
  const FaultScene scene(FaultScene::Files::none);
  scene.write("migrations/1_t.sql", "create table b (n int);\nalter table t add m int;");
  Connection holder = scene.connect();
  run_command(holder, "create table t (n int)");
  run_command(holder, "begin; lock table t");
  MigratorProcess migrator = scene.start({"up", "--retry-pause", "30s"}, scene.url());
  wait_until([&] { return contains(migrator.output(), "try 2 of"); }, kRunLimit);
  const std::string pid =
      scene.connect()
          .query(
              "select pid from pg_stat_activity where datname = current_database() and "
              "application_name like 'migrator % (%' and application_name not like '%watching%'")
          .at(0)
          .at(0)
          .value_or("0");
  ASSERT_EQ(kill(std::stoi(pid), SIGSTOP), 0);
  const auto begun = Clock::now();
  migrator.signal(SIGTERM);
  const ShellResult result = migrator.wait(kRunLimit);
  EXPECT_LT(Clock::now() - begun, std::chrono::milliseconds(2500));
  EXPECT_EQ(result.exit_code, 128 + SIGTERM) << result.output;
  kill(std::stoi(pid), SIGCONT);
  run_command(holder, "rollback");
}

INSTANTIATE_TEST_SUITE_P(Stop, Signal,
                         testing::Combine(testing::ValuesIn(kMoments),
                                          testing::Values(SIGTERM, SIGINT)),
                         [](const auto& tested) {
                           return std::string(std::get<0>(tested.param).name) +
                                  (std::get<1>(tested.param) == SIGTERM ? "SIGTERM" : "SIGINT");
                         });

}  // namespace
}  // namespace migrator
