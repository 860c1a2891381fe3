// What is told of a statement that takes long. Each test holds one up until it was told of.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "engine/base/error.h"
#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using std::chrono::milliseconds;

class ProgressTest : public RunFixture {
 protected:
  ProgressTest() {
    listener().interval = listener().interval_after_the_first = milliseconds(10);
    connect_watcher() = [this](const std::stop_token&) {
      ++connects_;
      return database().connect("watcher");
    };
  }

  /// Runs up; when `is_seen` was told, `release` lets the statement go on.
  RunReport up_until(const std::function<bool(const StatementProgress&)>& is_seen,
                     std::string release) {
    const std::jthread releaser([&] {
      wait_until([&] { return std::ranges::any_of(listener().progress(), is_seen); });
      sql(release);
    });
    return up();
  }

  StatementProgress first(const std::function<bool(const StatementProgress&)>& is_seen) {
    for (const StatementProgress& told : listener().progress())
      if (is_seen(told)) return told;
    ADD_FAILURE() << "not told";
    return {};
  }

  std::atomic<int> connects_ = 0;
};

TEST_F(ProgressTest, ShowsThePhaseOfAnIndexAndWhoHoldsItUp) {
  sql("create table big(n int)");
  write("1_i.sql", "create table other(n int);\ncreate index concurrently i on big(n);\n");
  sql("begin; insert into big values (1)");
  const auto waits = [](const StatementProgress& told) {
    return told.phase == "waiting for writers before build" && !told.blockers.empty();
  };
  expect_done(up_until(waits, "commit"), {"1 applied"});
  const StatementProgress told = first(waits);
  EXPECT_EQ(told.file, "migrations/1_i.sql");
  EXPECT_EQ(told.line, 2u);
  EXPECT_EQ(told.statement, 2u);
  EXPECT_EQ(told.statements, 2u);
  EXPECT_EQ(told.what, "create index concurrently i on big(n)");
  EXPECT_EQ(told.share, 0.0);
  EXPECT_EQ(told.blockers.at(0).pid, eye().backend_pid());
  EXPECT_EQ(told.blockers.at(0).application_name, "eye");
  EXPECT_EQ(told.blockers.at(0).state, "idle in transaction");
  EXPECT_EQ(told.blockers.at(0).statement, "begin; insert into big values (1)");
  EXPECT_EQ(connects_, 1);
  EXPECT_GE(listener().times_over, 1u);
}

TEST_F(ProgressTest, ShowsWhoHoldsTheLockOfATable) {
  sql("create table t(n int)");
  write("1_a.sql", "alter table t add m int;\n");
  options().lock_timeout = std::chrono::seconds(20);
  sql("begin; lock table t");
  const auto waits = [](const StatementProgress& told) { return !told.blockers.empty(); };
  expect_done(up_until(waits, "commit"), {"1 applied"});
  EXPECT_EQ(first(waits).blockers.at(0).pid, eye().backend_pid());
}

TEST_F(ProgressTest, ShowsWhoWritesTheSameRowOfTheHistory) {
  write("1_a.sql", "create table a(n int);\n");
  up();
  write("2_b.sql", "create table b(n int);\n");
  sql("begin; insert into schema_migrations select (jsonb_populate_record(m, '{\"id\": \"2\", "
      "\"version\": 2}')).* from schema_migrations m");
  const auto waits = [](const StatementProgress& told) { return !told.blockers.empty(); };
  expect_done(up_until(waits, "rollback"), {"2 applied"});
  EXPECT_EQ(first(waits).what, "its row in the history table");
  EXPECT_EQ(first(waits).line, 0u);
}

TEST_F(ProgressTest, CountsTheBytesOfACopy) {
  sql("create table t(s text);"
      "create function hold() returns trigger language plpgsql as $$ begin "
      "if new.s like '9000 %' then perform pg_advisory_xact_lock_shared(7); end if; return new; "
      "end "
      "$$;"
      "create trigger hold before insert on t for each row execute function hold()");
  std::string text = "copy t from stdin;\n";
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + " " + std::string(1000, 'x') + "\n";
  write("1_c.sql", text + "\\.\n");
  sql("select pg_advisory_lock(7)");
  const auto sent = [](const StatementProgress& told) { return told.bytes_sent > 0; };
  expect_done(up_until(sent, "select pg_advisory_unlock(7)"), {"1 applied"});
  EXPECT_EQ(first(sent).bytes_total, text.size() - std::string("copy t from stdin;\n").size());
  EXPECT_LT(first(sent).bytes_sent, first(sent).bytes_total);
}

TEST_F(ProgressTest, TellsTheTimeAloneWithoutASecondConnection) {
  connect_watcher() = [this](const std::stop_token&) -> Connection {
    ++connects_;
    throw Error(ErrorKind::connection, {.id = "too-many-connections", .message = "no"});
  };
  sql("create table t(n int)");
  write("1_a.sql", "alter table t add m int;\n");
  options().lock_timeout = std::chrono::seconds(20);
  sql("begin; lock table t");
  const std::jthread releaser([&] {
    wait_until([&] { return listener().progress().size() >= 3; });
    sql("commit");
  });
  expect_done(up(), {"1 applied"});
  for (const StatementProgress& told : listener().progress()) {
    EXPECT_EQ(told.what, "alter table t add m int");
    EXPECT_TRUE(told.blockers.empty());
    EXPECT_GT(told.elapsed, milliseconds(0));
  }
  EXPECT_EQ(connects_, 1) << "it is not asked for again and again";
}

TEST_F(ProgressTest, OpensNoSecondConnectionForShortStatements) {
  listener().interval = std::chrono::seconds(60);
  write("1_a.sql", "create table a(n int);\nselect pg_sleep(0.2);\n");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(connects_, 0);
  EXPECT_TRUE(listener().progress().empty());
  EXPECT_EQ(listener().times_over, 0u);
}

TEST_F(ProgressTest, AWatcherThatHangsHoldsNothingUp) {
  std::atomic<bool> is_asked = false;
  connect_watcher() = [&](const std::stop_token& stop) -> Connection {
    is_asked = true;
    while (!stop.stop_requested()) std::this_thread::sleep_for(milliseconds(1));
    throw Error(ErrorKind::connection, {.id = "cancelled", .message = "stopped"});
  };
  sql("create table t(n int)");
  write("1_a.sql", "alter table t add m int;\n");
  options().lock_timeout = std::chrono::seconds(20);
  sql("begin; lock table t");
  const std::jthread releaser([&] {
    wait_until([&] { return is_asked.load(); });
    sql("commit");
  });
  expect_done(up(), {"1 applied"});
}

TEST_F(ProgressTest, ShowsNoValueOfAVariable) {
  variables() = ScriptVariables{{"password", "hunter2"}};
  write("1_a.sql", "select pg_sleep(0.4), length(:'password');\n");
  expect_done(up(), {"1 applied"});
  ASSERT_FALSE(listener().progress().empty());
  for (const StatementProgress& told : listener().progress())
    EXPECT_PRED2(lacks, told.what, "hunter2");
}

// It was in the way of CREATE DATABASE ... TEMPLATE.
TEST_F(ProgressTest, TheSecondConnectionGoesWithItsStatement) {
  listener().interval_after_the_first = std::chrono::seconds(60);
  write("1_a.sql",
        "select pg_sleep(0.5);\n"
        "do $$ begin\n"
        "  for i in 1..100 loop\n"
        "    perform pg_stat_clear_snapshot(), pg_sleep(0.05);\n"
        "    if not exists (select from pg_stat_activity where application_name = 'watcher'\n"
        "                   and datname = current_database()) then return; end if;\n"
        "  end loop;\n"
        "  raise 'it is still there';\n"
        "end $$;\n");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(connects_, 1);
}

}  // namespace
}  // namespace migrator
