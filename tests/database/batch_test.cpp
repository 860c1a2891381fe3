// Files that travel together end as they would one by one.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Steps = std::vector<std::string>;

class BatchTest : public RunFixture {
 protected:
  void write_many(int count) {
    for (int i = 1; i <= count; ++i)
      write(fmt::format("{}_t.sql", i),
            fmt::format("create table t{0}(n int);\ninsert into t{0} values ({0});\n", i));
  }

  /// How many there were that wrote rows.
  std::string transactions() {
    return value("select count(distinct xmin::text) from schema_migrations");
  }
};

TEST_F(BatchTest, EachFileIsATransactionOfItsOwn) {
  write_many(5);
  expect_done(up(), {"1 applied", "2 applied", "3 applied", "4 applied", "5 applied"});
  EXPECT_EQ(transactions(), "5");
  EXPECT_EQ(history(), (Steps{"1 applied 2/2", "2 applied 2/2", "3 applied 2/2", "4 applied 2/2",
                              "5 applied 2/2"}));
  EXPECT_EQ(value("select bool_and(finished_at - started_at = duration) from schema_migrations"),
            "t");
}

TEST_F(BatchTest, MoreThanGoInOneMessage) {
  write_many(600);
  EXPECT_EQ(up().results.size(), 600u);
  EXPECT_EQ(transactions(), "600");
  EXPECT_EQ(value("select n from t600"), "600");
}

TEST_F(BatchTest, AFailureInTheMiddleIsToldAsIfItHadRunAlone) {
  write_many(5);
  write("3_t.sql", "create table t3(n int);\ninsert into t3 values (1/0);\n");
  const RunReport report = up();
  EXPECT_EQ(steps_of(report), (Steps{"1 applied", "2 applied", "3 failed"}));
  EXPECT_EQ(report.head.exit_code, 4);
  const Finding error = error_of(report);
  EXPECT_EQ(error.sqlstate, "22012");
  EXPECT_EQ(error.place->line, 2u);
  EXPECT_EQ(error.kept,
            "nothing of migrations/3_t.sql; the 2 steps before it in this run are done");
  EXPECT_EQ(history(), (Steps{"1 applied 2/2", "2 applied 2/2"}));
  EXPECT_FALSE(exists("t3"));
  EXPECT_FALSE(exists("t4"));
  write_many(5);
  expect_done(up(), {"3 applied", "4 applied", "5 applied"});
}

TEST_F(BatchTest, ASyntaxErrorStopsNoFileBeforeIt) {
  write_many(3);
  write("2_t.sql", "create table t2(n int);\ncreate tabel x();\n");
  EXPECT_EQ(steps_of(up()), (Steps{"1 applied", "2 failed"}));
  EXPECT_TRUE(exists("t1"));
  EXPECT_FALSE(exists("t3"));
}

TEST_F(BatchTest, NoticesAreToldAtTheirStatements) {
  write("1_a.sql", "drop table if exists a;\ncreate table a(n int);\n");
  write("2_b.sql", "create table b(n int);\ndrop table if exists x;\ndrop table if exists y;\n");
  expect_done(up(), {"1 applied", "2 applied"});
  std::vector<std::string> told;
  for (const Finding& notice : listener().notices)
    told.push_back(fmt::format("{}:{} {}", notice.place->file, notice.place->line, notice.message));
  EXPECT_EQ(told, (std::vector<std::string>{
                      "migrations/1_a.sql:1 table \"a\" does not exist, skipping",
                      "migrations/2_b.sql:2 table \"x\" does not exist, skipping",
                      "migrations/2_b.sql:3 table \"y\" does not exist, skipping"}));
}

TEST_F(BatchTest, ALockIsTriedForAgain) {
  sql("create table held(n int)");
  write_many(2);
  write("3_h.sql", "alter table held add column m int;\n");
  write("4_h.sql", "create table t4(n int);\n");
  options().lock_timeout = std::chrono::milliseconds(100);
  options().first_pause = std::chrono::milliseconds(20);
  sql("begin; select * from held");
  const std::jthread later([&] {
    while (listener().times_waited == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    sql("rollback");
  });
  expect_done(up(), {"1 applied", "2 applied", "3 applied", "4 applied"});
  EXPECT_FALSE(listener().retries.empty());
}

TEST_F(BatchTest, WhatATriggerSetsIsGoneForTheNextFile) {
  sql("create table a(n int); create function f() returns trigger language plpgsql as $$ begin "
      "perform set_config('search_path', 'nowhere', false); return new; end $$; "
      "create trigger t before insert on a for each row execute function f()");
  write("1_a.sql", "insert into a values (1);\n");
  write("2_b.sql", "create table b(n int);\n");
  expect_done(up(), {"1 applied", "2 applied"});
  EXPECT_TRUE(exists("public.b"));
}

TEST_F(BatchTest, ALostSessionIsFollowedByALook) {
  allow_reconnecting();
  // What a sequence has given stays given.
  sql("create table a(n int); create sequence tries; "
      "create function f() returns trigger language plpgsql as $$ begin "
      "if nextval('tries') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if; "
      "return new; end $$; "
      "create trigger t before insert on a for each row execute function f()");
  write_many(2);
  write("3_a.sql", "insert into a values (1);\n");
  write("4_b.sql", "create table b(n int);\n");
  expect_done(up(), {"1 applied", "2 applied", "3 applied", "4 applied"});
  EXPECT_EQ(transactions(), "4");
  EXPECT_EQ(value("select count(*) from a"), "1");
}

}  // namespace
}  // namespace migrator
