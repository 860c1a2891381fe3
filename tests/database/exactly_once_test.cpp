// Several migrators at once, locks of the application, and sessions that end in the middle.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <thread>

#include "engine/pg/advisory_lock.h"
#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using std::chrono::milliseconds;
using Steps = std::vector<std::string>;

class ExactlyOnce : public RunFixture {
 protected:
  /// Runs `up` in many processes at once (the parser that plans is not for threads); their exit
  /// codes.
  std::vector<int> up_in_processes(int many) {
    std::vector<pid_t> children;
    for (int i = 0; i < many; ++i) {
      const pid_t child = fork();
      if (child == 0) _exit(up_as_a_process());
      children.push_back(child);
    }
    std::vector<int> codes;
    for (const pid_t child : children) {
      int status = 0;
      waitpid(child, &status, 0);
      codes.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    return codes;
  }

 private:
  int up_as_a_process() {
    try {
      Connection own = connect();
      const RunOptions mine{.runner = {unique_run_id(), "process"}};
      Listener deaf;
      const RunReport report =
          migrator::up({own, table(), mine, deaf, {}}, project(), {.seeds = true});
      return report.error ? 9 : report.head.exit_code;
    } catch (...) {
      return 8;
    }
  }
};

TEST_F(ExactlyOnce, ManyProcessesOnAnEmptyDatabase) {
  constexpr int many = 8;
  write("1_a.sql", "create table a(n int, v int);\ninsert into a values (1, 1);\n");
  write("2_b.sql",
        "insert into a values (2, 2);\ncreate index concurrently i on a(n);\n"
        "insert into a values (3, 3);\n");
  write("3_c.sql", "-- migrator: transaction off\ninsert into a values (4, 4);\nvacuum a;\n");
  write("R__v.sql", "create or replace view v as select count(*) as n from a;");
  write_seed("1_s.sql", "insert into a values (5, 5);");
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(up_in_processes(many), std::vector<int>(many, 0));
    EXPECT_EQ(value("select string_agg(n::text, ',' order by n) from a"), "1,2,3,4,5");
    EXPECT_EQ(value("select string_agg(distinct state, ',') || count(*) from schema_migrations"),
              "applied5");
    sql("drop table a cascade; drop table schema_migrations");
  }
}

// Without the migrators' lock: what a pooler or a lost lock leaves.
TEST_F(ExactlyOnce, TheRowDecidesWithoutAnyLock) {
  constexpr int many = 4;
  write("1_a.sql", "create table a(n int);\nselect pg_sleep(0.05);\ninsert into a values (1);\n");
  table().ensure(connection());
  const Project files = project();
  for (const std::string isolation : {"read committed", "serializable"}) {
    sql("alter database " + database().name() + " set default_transaction_isolation = '" +
        isolation + "'");
    const Comparison comparison = compare(files, {});
    const Plan plan = plan_up(files, comparison, {}, {});
    std::vector<StepOutcome> outcomes(many, StepOutcome::failed);
    {
      std::barrier start(many);
      std::vector<std::jthread> runners;
      for (StepOutcome& outcome : outcomes)
        runners.emplace_back([&] {
          Connection own = connect();
          const RunOptions mine{.runner = {unique_run_id(), "thread"},
                                .first_pause = milliseconds(5)};
          Listener deaf;
          start.arrive_and_wait();
          try {
            ProgressWatch watch(deaf, {.pid = own.backend_pid()});
            outcome = StepRunner(own, table(), mine, deaf, watch, {}).run(plan.steps.at(0)).outcome;
          } catch (const Error& error) {
            ADD_FAILURE() << isolation << ": " << error.what();
          }
        });
    }
    EXPECT_EQ(std::ranges::count(outcomes, StepOutcome::applied), 1) << isolation;
    EXPECT_EQ(std::ranges::count(outcomes, StepOutcome::already_done), many - 1) << isolation;
    EXPECT_EQ(value("select count(*) from a"), "1");
    sql("drop table a; delete from schema_migrations");
  }
}

TEST_F(ExactlyOnce, OfTwoRerunsOneTakesTheRowOver) {
  write("R__v.sql", "create or replace view v as select 1 as n;");
  up();
  write("R__v.sql", "create or replace view v as select 2 as n;");
  const Project files = project();
  const History before = table().read(connection()).history;
  const Comparison comparison = compare(files, before);
  const Plan plan = plan_up(files, comparison, {}, {});
  for (const StepOutcome expected : {StepOutcome::applied, StepOutcome::already_done}) {
    const RunSite mine = site();
    ProgressWatch watch(mine.observer, {.pid = connection().backend_pid()});
    StepRunner runner(connection(), table(), mine.options, mine.observer, watch, {});
    EXPECT_EQ(runner.run(plan.steps.at(0)).outcome, expected);
    EXPECT_FALSE(connection().in_transaction());
  }
}

TEST_F(ExactlyOnce, WaitsForALockOfTheApplication) {
  write("1_a.sql", "create table a(n int);");
  up();
  options().lock_timeout = milliseconds(60);
  write("2_b.sql",
        "prepare p as select 1;\ndo $$ begin raise notice 'once'; end $$;\n"
        "alter table a add m int;\n");
  sql("begin; lock table a in access exclusive mode");
  std::jthread application([&] {
    wait_until([&] { return listener().times_waited >= 3; });
    sql("rollback");
  });
  const RunReport report = up();
  expect_done(report, {"2 applied"});
  EXPECT_GE(report.results.at(0).retries, 3u);
  EXPECT_EQ(report.results.at(0).statements, 3u);
  EXPECT_EQ(report.results.at(0).notices.size(), 1u);
  EXPECT_PRED2(contains, listener().waits.at(0),
               "migrations/2_b.sql:3: canceling statement due to "
               "lock timeout; rolled back, try 2 of 30");
}

TEST_F(ExactlyOnce, GivesUpWhenTheApplicationKeepsItsLock) {
  write("1_a.sql", "create table a(n int);");
  up();
  write("2_b.sql", "create table b(n int);\nvacuum b;\nalter table a add m int;\n");
  options().lock_timeout = milliseconds(30);
  options().tries = 3;
  sql("begin; lock table a in access exclusive mode");
  const RunReport report = up();
  EXPECT_EQ(report.head.exit_code, 4);
  const Finding error = error_of(report);
  EXPECT_EQ(error.sqlstate, "55P03");
  EXPECT_EQ(error.place.value_or(Place{}).line, 3u);
  EXPECT_PRED2(contains, error.next, "--lock-timeout");
  EXPECT_EQ(listener().waits.size(), 2u);
  sql("rollback");
  EXPECT_EQ(history(), (Steps{"1 applied 1/1", "2 failed 2/3"}));
  expect_done(up(), {"2 applied"});
}

TEST_F(ExactlyOnce, TheFileSaysHowLongItWaits) {
  write("1_a.sql", "create table a(n int);");
  up();
  options().tries = 1;
  options().lock_timeout = std::chrono::minutes(10);
  write("2_b.sql", "-- migrator: lock-timeout 20ms\nalter table a add m int;\n");
  sql("begin; lock table a in access exclusive mode");
  EXPECT_EQ(error_of(up()).sqlstate, "55P03");
  sql("rollback");
  write("2_b.sql", "-- migrator: statement-timeout 20ms\nselect pg_sleep(10);\n");
  EXPECT_EQ(error_of(up()).sqlstate, "57014");
}

TEST_F(ExactlyOnce, AStopRequestCancelsWhatRuns) {
  write("1_a.sql", "create table a(n int);");
  write("2_b.sql", "create table b(n int);\nselect pg_sleep(30);\n");
  std::jthread stopper([&] {
    Connection look = connect();
    wait_until([&] {
      return !look.query(
                      "select from pg_stat_activity where state = 'active' and query like "
                      "'select pg_sleep%' and datname = current_database()")
                  .empty();
    });
    stop().request_stop();
  });
  const auto begun = std::chrono::steady_clock::now();
  const RunReport report = up();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(8));
  const Finding error = error_of(report);
  EXPECT_EQ(error.id, "cancelled");
  EXPECT_EQ(error.place.value_or(Place{}).line, 2u);
  EXPECT_EQ(error.next, "run the same command again");
  EXPECT_EQ(history(), (Steps{"1 applied 1/1"}));
  EXPECT_FALSE(exists("b"));
  EXPECT_FALSE(connection().in_transaction());
  stopper.join();  // a process forks off no threads
  write("2_b.sql", "create table b(n int);\n");
  EXPECT_EQ(up_in_processes(1), std::vector<int>{0});
  EXPECT_TRUE(exists("b"));
}

TEST_F(ExactlyOnce, AStopRequestEndsThePauseBeforeTheNextTry) {
  write("1_a.sql", "create table a(n int);");
  up();
  write("2_b.sql", "alter table a add m int;\n");
  options().lock_timeout = milliseconds(10);
  options().first_pause = std::chrono::minutes(10);
  sql("begin; lock table a in access exclusive mode");
  std::jthread stopper([&] {
    wait_until([&] { return listener().times_waited > 0; });
    stop().request_stop();
  });
  const RunReport report = up();
  sql("rollback");
  EXPECT_EQ(error_of(report).kept, "nothing of migrations/2_b.sql");
  EXPECT_EQ(history(), (Steps{"1 applied 1/1"}));
}

TEST_F(ExactlyOnce, AStoppedRunBeginsNothing) {
  write("1_a.sql", "create table a(n int);");
  stop().request_stop();
  EXPECT_EQ(error_of(up()).id, "cancelled");
  EXPECT_FALSE(exists("a"));
}

TEST_F(ExactlyOnce, ASessionThatIsEndedKeepsNothingHalf) {
  write("1_a.sql", "create table a(n int);");
  write("2_b.sql", "create table b(n int);\nselect pg_sleep(30);\n");
  const std::jthread killer = terminate_at("select pg_sleep");
  const RunReport report = up();
  EXPECT_EQ(report.head.exit_code, 3);
  EXPECT_EQ(steps_of(report), (Steps{"1 applied", "2 failed"}));
  const Finding error = error_of(report);
  EXPECT_EQ(error.id, "connection-lost");
  EXPECT_EQ(error.kept, "nothing of migrations/2_b.sql; the step before it in this run is done");
  EXPECT_EQ(history(), (Steps{"1 applied 1/1"}));
  EXPECT_FALSE(exists("b"));
  write("2_b.sql", "create table b(n int);\n");
  reconnect();
  expect_done(up(), {"2 applied"});
}

TEST_F(ExactlyOnce, ASessionThatIsEndedInAStatementAloneLeavesADoubt) {
  write("1_a.sql", "create table a(n int);\nvacuum a;\n");
  sql("create procedure p() language plpgsql as $$ begin perform pg_sleep(30); end $$");
  write("2_b.sql", "-- migrator: transaction off\ninsert into a values (1);\ncall p();\n");
  {
    const std::jthread killer = terminate_at("call p");
    EXPECT_EQ(up().head.exit_code, 3);
  }
  reconnect();
  EXPECT_EQ(history(), (Steps{"1 applied 2/2", "2 started 1/2"}));
  const RunReport report = up();
  EXPECT_EQ(report.head.exit_code, 4);
  EXPECT_EQ(find_finding(report.findings, "in-doubt").place.value_or(Place{}).line, 3u);
  repair(
      {.target = "2", .repair = Repair::mark_applied, .statement = 0, .reason = "it only slept"});
  expect_done(up(), {});
}

TEST_F(ExactlyOnce, TheMigratorsLockIsGivenUpAfterItsLimit) {
  write("1_a.sql", "create table a(n int);");
  Connection other = connect();
  const AdvisoryLock held(other,
                          AdvisoryLock::key_of(database().name(), "public", "schema_migrations"),
                          std::chrono::seconds(1), [](const OtherSession&, milliseconds) {});
  options().lock_wait = milliseconds(100);
  const Finding error = expect_error(ErrorKind::lock, [&] { up(); });
  EXPECT_EQ(error.id, "lock-timeout");
  EXPECT_PRED2(contains, listener().waits.at(0),
               fmt::format("process {} (test)", other.backend_pid()));
  EXPECT_FALSE(exists("schema_migrations"));
}

}  // namespace
}  // namespace migrator
