// What only a run through a transaction pooler can get wrong.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "engine/base/error.h"
#include "engine/pg/predecessor.h"
#include "engine/run/tend.h"
#include "tests/faults/pooler.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using std::chrono::milliseconds;
using Steps = std::vector<std::string>;

class PooledRun : public RunFixture {
 protected:
  Connection pooled(const std::string& database, std::string_view run_id = "") const {
    ConnectOptions named;
    if (!run_id.empty()) named.application_name = session_name(run_id);
    return Connection::open(way_.url(database), named);
  }

  /// With `act`, on a session of the pooler.
  template <typename Act>
  auto run(const std::string& name, Act act) {
    const std::string run_id = unique_run_id();
    Connection session = pooled(name, run_id);
    return run_on(session, act, run_id);
  }

  template <typename Act>
  auto run_on(Connection& session, Act act, const std::string& run_id = unique_run_id()) {
    RunOptions own = options();
    own.runner.run_id = run_id;
    Listener deaf;  // several may run at once
    const RunSite site{.connection = session,
                       .table = table(),
                       .options = own,
                       .observer = deaf,
                       .stop = {},
                       .connect_watcher = [&](const std::stop_token&) {
                         if (!shows_life_) throw std::runtime_error("none left");
                         return pooled(session.database());
                       }};
    return act(site);
  }

  bool shows_life_ = true;

  RunReport up_pooled() { return up_pooled(database().name()); }
  RunReport up_pooled(const std::string& name) {
    return run(name, [&](const RunSite& site) { return migrator::up(site, project(), {}); });
  }

  void wait_for_statement(const std::string& start) {
    wait_until([&] {
      return value(fmt::format("select count(*) from pg_stat_activity where state = 'active' and "
                               "datname = current_database() and query like '{}%'",
                               start)) != "0";
    });
  }

 private:
  WayToServer way_{Way::transaction_pooler};
};

TEST_F(PooledRun, KeepsTextsWholeInADatabaseOfAnotherEncoding) {
  const std::string name = database().name() + "_latin1";
  sql(
      fmt::format("create database {} encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' "
                  "template template0",
                  name));
  write("1_a.sql", "create table a(t text);\ninsert into a values ('é');");
  write("2_b.sql", "insert into a values ('é');");
  expect_done(up_pooled(name), {"1 applied", "2 applied"});
  EXPECT_EQ(pooled(name).query("select string_agg(length(t)::text, ' ') from a")[0][0], "1 1");
  sql(fmt::format("drop database {} with (force)", name));
}

TEST_F(PooledRun, RefusesWhatWouldStayInItsSession) {
  const std::vector<std::pair<std::string, std::string>> files{
      {"create temp table x(n int);\nvacuum;\nselect * from x;\n", "a temporary object"},
      {"prepare p as select 1;\n", "a prepared statement"},
      {"set search_path = public;\nvacuum;\n", "a setting"}};
  for (const auto& [text, what] : files) {
    write("1_a.sql", text);
    const Finding error = error_of(up_pooled());
    EXPECT_EQ(error.id, "pooler-session");
    EXPECT_PRED2(contains, error.message, what);
    EXPECT_EQ(history(), Steps{});
  }
}

TEST_F(PooledRun, LeavesNoLockInThePoolersSessions) {
  const auto locks = [&] { return value("select count(*) from pg_locks where classid = 77"); };
  write("1_a.sql", "select pg_advisory_lock(77, 1);\n");
  expect_done(up_pooled(), {"1 applied"});
  EXPECT_EQ(locks(), "0");
  write("2_b.sql", "select pg_advisory_lock(77, 1);\nselect 1 / 0;\n");
  EXPECT_EQ(error_of(up_pooled()).sqlstate, "22012");
  EXPECT_EQ(locks(), "0");
}

TEST_F(PooledRun, TellsOfWhatLaterStatementsWillNotHave) {
  write("1_a.sql", "do $$ begin create temp table x(n int); end $$;\nvacuum;\nselect 1;\n");
  const RunReport report = up_pooled();
  expect_done(report, {"1 applied"});
  const Finding warning = find_finding(report.results.at(0).notices, "pooler-session");
  EXPECT_PRED2(contains, warning.message, "from number 2 on");
  EXPECT_PRED2(contains, warning.message, "a temporary object");
}

// Whose lease ran out, though its statement runs: it is known by the name of its session.
TEST_F(PooledRun, IsKnownByItsNameWhileItsStatementRuns) {
  sql("create sequence calls; create procedure p() language sql as "
      "$$ select nextval('calls'), pg_sleep(1.2) $$");
  write("1_a.sql", "-- migrator: transaction off\ncreate table a(n int);\ncall p();\n");
  options().lease = milliseconds(300);
  shows_life_ = false;
  std::jthread first([&] { expect_done(up_pooled(), {"1 applied"}); });
  wait_for_statement("call p");
  EXPECT_PRED2(contains,
               value("select application_name from pg_stat_activity where query like 'call p%' "
                     "and state = 'active' and datname = current_database()"),
               "1_a.sql");
  EXPECT_EQ(up_pooled().head.exit_code, 0);
  first.join();
  EXPECT_EQ(value("select last_value from calls"), "1");
}

TEST_F(PooledRun, TellsOfProceduresThatMayLeaveSomething) {
  sql("create procedure p() language sql as 'select 1'");
  write("1_a.sql", "-- migrator: transaction off\ncall p();\nvacuum;\n");
  const RunReport report = up_pooled();
  expect_done(report, {"1 applied"});
  EXPECT_EQ(find_finding(report.results.at(0).notices, "pooler-session").severity,
            Severity::warning);
}

TEST_F(PooledRun, AsksTheServerToNoticeThatItsClientHasGone) {
  write("1_a.sql",
        "create table seen as select name, setting from pg_settings where name in "
        "('idle_in_transaction_session_timeout', 'client_connection_check_interval');\n");
  expect_done(up_pooled(), {"1 applied"});
  EXPECT_EQ(value("select string_agg(setting, ' ' order by name) from seen"), "5000 60000");
}

TEST_F(PooledRun, DoesNotDoAgainWhatItWouldHaveToHold) {
  write("1_a.sql", "-- migrate:up\ncreate table a(n int);\n-- migrate:down\ndrop table a;\n");
  expect_done(up_pooled(), {"1 applied"});
  const auto again = [&](const RunSite& site) {
    return migrator::redo(site, project(), 1, OrderPolicy::strict);
  };
  EXPECT_EQ(expect_error(ErrorKind::configuration, [&] { run(database().name(), again); }).id,
            "pooler-redo");
  EXPECT_EQ(history(), (Steps{"1 applied 1/1"}));
}

// Nothing is left in the pool by which its lease could be renewed.
TEST_F(PooledRun, IsNotOvertakenInItsStatementThoughThePoolHasOneSession) {
  sql("create sequence calls; create procedure p() language sql as "
      "$$ select nextval('calls'), pg_sleep(1.5) $$");
  write("1_a.sql", "-- migrator: transaction off\ncreate table a(n int);\ncall p();\n");
  options().lease = milliseconds(300);
  const Pooler small(PoolMode::transaction, 1);
  const auto up_small = [&] {
    Connection session = Connection::open(small.url(database().name()), {});
    return run_on(session, [&](const RunSite& site) { return migrator::up(site, project(), {}); });
  };
  std::jthread first([&] { EXPECT_EQ(up_small().head.exit_code, 0); });
  wait_for_statement("call p");
  EXPECT_EQ(up_small().head.exit_code, 0);
  first.join();
  EXPECT_EQ(value("select last_value from calls"), "1");
  EXPECT_EQ(history(), (Steps{"1 applied 2/2"}));
}

TEST_F(PooledRun, TellsOfTimeLimitsThatDoNotHold) {
  write("1_a.sql", "-- migrator: statement-timeout 1s\nvacuum;\n");
  const RunReport report = up_pooled();
  expect_done(report, {"1 applied"});
  EXPECT_EQ(find_finding(report.results.at(0).notices, "timeout-unsupported").severity,
            Severity::warning);
}

TEST_F(PooledRun, IsKeptApartFromOneThatUndoes) {
  for (int i = 1; i <= 3; ++i)
    write(fmt::format("{}_m.sql", i), fmt::format("-- migrate:up\ncreate table m{0}(n int);\n{1}"
                                                  "-- migrate:down\ndrop table m{0};\n",
                                                  i, i == 3 ? "select pg_sleep(0.7);\n" : ""));
  up_to(2);
  std::jthread upwards([&] { expect_done(up_pooled(), {"3 applied"}); });
  wait_for_statement("select pg_sleep");
  const RunReport undone = run(
      database().name(), [&](const RunSite& site) { return migrator::down(site, project(), {}); });
  upwards.join();
  expect_done(undone, {"3 undone"});
  EXPECT_EQ(history(), (Steps{"1 applied 1/1", "2 applied 1/1"}));
}

TEST_F(PooledRun, IsNotRepairedWhileItIsAtWork) {
  write("1_a.sql", "-- migrator: transaction off\ncreate table a(n int);\ncall p();\n");
  sql("create procedure p() language plpgsql as $$ begin perform pg_sleep(0.8); end $$");
  std::jthread upwards([&] { expect_done(up_pooled(), {"1 applied"}); });
  wait_for_statement("call p");
  options().lock_wait = milliseconds(100);
  const auto forget = [&](const RunSite& site) {
    return migrator::repair(
        site, project(), {.target = "1", .repair = Repair::forget, .reason = "it is in the way"});
  };
  EXPECT_EQ(expect_error(ErrorKind::lock, [&] { run(database().name(), forget); }).id,
            "lock-timeout");
  upwards.join();
  EXPECT_EQ(history(), (Steps{"1 applied 2/2"}));
}

TEST_F(PooledRun, IsMarkedAsAppliedInATransactionOfItsOwn) {
  write("1_a.sql", "create table a(n int);\n");
  run(database().name(), [&](const RunSite& site) {
    return migrator::repair(
        site, project(), {.target = "1", .repair = Repair::mark_applied, .reason = "it is there"});
  });
  EXPECT_EQ(history(), (Steps{"1 applied 1/1"}));
  EXPECT_FALSE(exists("a"));
  expect_done(up_pooled(), {});
}

TEST_F(PooledRun, GetsNoBaselineInTheMiddleOfATransaction) {
  write("1_a.sql", "create table a(n int);\nselect pg_sleep(0.8);\n");
  write("2_b.sql", "create table b(n int);\n");
  std::jthread upwards([&] { expect_done(up_pooled(), {"1 applied", "2 applied"}); });
  wait_for_statement("select pg_sleep");
  options().lock_wait = milliseconds(100);
  const auto count_as_there = [&](const RunSite& site) {
    return migrator::baseline(site, project(), Version{2}, "it is there");
  };
  EXPECT_EQ(expect_error(ErrorKind::lock, [&] { run(database().name(), count_as_there); }).id,
            "lock-timeout");
  upwards.join();
  EXPECT_EQ(history(), (Steps{"1 applied 2/2", "2 applied 1/1"}));
}

}  // namespace
}  // namespace migrator
