// What a plan locks of what is there already: files as {"create table t ()", "drop table t"}, and
// what each statement then locks, without what is new.
#include "engine/plan/lock_forecast.h"

#include <gtest/gtest.h>

#include "tests/support/lock_cases.h"

namespace migrator {
namespace {

using File = std::vector<std::string>;

/// Of the last statement.
StatementForecast last(const std::vector<File>& files, bool transactional = true) {
  LockForecast locks;
  StatementForecast forecast;
  for (std::size_t i = 0; i < files.size(); ++i) {
    locks.begin_file();
    locks.begin_segment(transactional);
    for (std::size_t line = 0; line < files[i].size(); ++line) {
      const std::string file = std::to_string(i + 1) + ".sql";
      forecast = locks.next(files[i][line], {.file = file, .line = line + 1});
    }
  }
  return forecast;
}

std::string locked(const std::vector<File>& files) {
  StatementLocks locks;
  for (ForecastLock& lock : last(files).locks) locks.locks.push_back(std::move(lock.lock));
  return dump(locks);
}

TEST(LockForecast, LeavesOutWhatTheFileMakes) {
  const std::string change = "alter table t add a int";
  EXPECT_EQ(locked({{change}}), "AX t");
  for (const std::string made :
       {"create table t (id int)", "create temp table t (id int)", "create table t as select 1",
        "create unlogged table public.t ()", "select 1 as a into t", "create view t as select 1",
        "create materialized view t as select 1", "create sequence t",
        "create foreign table t (a int) server s", "create table t (a int references t)"}) {
    EXPECT_EQ(locked({{made, change}}), "") << made;
    EXPECT_EQ(locked({{made, "alter table other.t add a int"}}), "AX other.t") << made;
  }
  EXPECT_EQ(locked({{"create table t (id int)", "alter table public.t add a int"}}), "");
  EXPECT_EQ(locked({{"create table t (id int)", "create table u (a int references t)"}}), "");
  EXPECT_EQ(locked({{"create table t (a int references t)"}}), "");
  EXPECT_EQ(locked({{"create schema s create table a () create table b (a int references a)"}}),
            "");
  EXPECT_EQ(locked({{"create table t (id int)", "insert into t values (1)"}}), "");
  EXPECT_EQ(locked({{"create table t (id int)", "drop table t, u"}}),
            "AX u, perhaps AX referenced tables u");
  EXPECT_EQ(locked({{"create table t (id int)", "alter table u add foreign key (a) references t"}}),
            "SRX u scan");
}

TEST(LockForecast, IfNotExistsProvesNothing) {
  const std::string made = "create table if not exists t (id int)";
  EXPECT_EQ(locked({{made, "create index on t (a)"}}), "S t scan");
  EXPECT_EQ(locked({{"drop table if exists t", made, "create index on t (a)"}}), "");
  EXPECT_EQ(locked({{"create table t ()", made, "create index on t (a)"}}), "");
  EXPECT_EQ(locked({{"create or replace view v as select 1", "drop view v"}}), "AX v");
}

TEST(LockForecast, FollowsRenames) {
  EXPECT_EQ(locked({{"create table t ()", "alter table t rename to u", "truncate u"}}), "");
  EXPECT_EQ(locked({{"create table t ()", "alter table t rename to u", "truncate t"}}), "AX t");
  EXPECT_EQ(locked({{"create table n ()", "alter table t rename to o", "alter table n rename to t",
                     "truncate t, o"}}),
            "AX o");
  EXPECT_EQ(locked({{"create table t ()", "alter table t set schema s", "truncate s.t"}}), "");
  EXPECT_EQ(locked({{"create table t ()", "alter table t set schema s", "truncate t"}}), "AX t");
  EXPECT_EQ(locked({{"create temp table t ()", "alter table t rename to u", "truncate u"}}), "");
  EXPECT_EQ(locked({{"create schema s", "alter schema s rename to r", "truncate r.t, s.t"}}),
            "AX s.t");
}

TEST(LockForecast, ForgetsWhatIsDropped) {
  EXPECT_EQ(locked({{"create table t ()", "drop table t", "truncate t"}}), "AX t");
  EXPECT_EQ(locked({{"drop table t", "create table t ()", "truncate t"}}), "");
  EXPECT_EQ(locked({{"create temp table t ()", "drop table t", "truncate t"}}), "AX t");
  EXPECT_EQ(locked({{"create schema s", "drop schema s", "truncate s.t"}}), "AX s.t");
}

TEST(LockForecast, WhatANewSchemaHoldsIsNew) {
  EXPECT_EQ(locked({{"create schema s", "truncate s.t"}}), "");
  EXPECT_EQ(locked({{"create schema s", "drop schema s cascade"}}), "");
  EXPECT_EQ(locked({{"create schema if not exists s", "truncate s.t"}}), "AX s.t");
  EXPECT_EQ(locked({{"create schema authorization bob create table t ()", "truncate bob.t"}}), "");
}

TEST(LockForecast, MindsTheSearchPath) {
  const File file{"set search_path to s, public", "create table t ()"};
  const auto then = [&](const std::string& sql) {
    File all = file;
    all.push_back(sql);
    return locked({all});
  };
  EXPECT_EQ(then("truncate t, s.t"), "");
  EXPECT_EQ(then("truncate public.t"), "AX public.t");
  // Each file begins with the path of the role.
  EXPECT_EQ(locked({file, {"truncate t, s.t"}}), "AX t");
  EXPECT_EQ(locked({{"create table t ()", "set search_path = ''", "truncate t, public.t"}}),
            "AX t");
  EXPECT_EQ(locked({{"set search_path = s", "reset search_path", "create table t ()",
                     "truncate public.t"}}),
            "");
}

TEST(LockForecast, WhatAnEarlierFileMadeIsNewToo) {
  EXPECT_EQ(locked({{"create table t ()"}, {"select 1"}, {"alter table t add a int"}}), "");
  EXPECT_EQ(locked({{"create temp table t ()"}, {"alter table t add a int"}}), "AX t");
}

TEST(LockForecast, KnowsTheTableOfAnIndexThatItSawMade) {
  EXPECT_EQ(locked({{"create index i on t (a)", "drop index i"}}), "AX t");
  EXPECT_EQ(locked({{"create index i on s.t (a)", "drop index s.i"}}), "AX s.t");
  EXPECT_EQ(locked({{"create table t ()", "create index i on t (a)", "drop index public.i"}}), "");
  EXPECT_EQ(locked({{"create index i on t (a)", "alter index i rename to j", "reindex index j"}}),
            "S t scan");
  EXPECT_EQ(locked({{"create index i on t (a)", "alter table t rename to u", "drop index i"}}),
            "AX u");
  EXPECT_EQ(locked({{"create index if not exists i on t (a)", "drop index i"}}),
            "AX table of index i, AX index i");
}

TEST(LockForecast, TellsUnderWhichLockAStatementWorks) {
  const File file{"alter table t add constraint c check (a > 0) not valid", "select 1",
                  "alter table t validate constraint c"};
  const ForecastLock lock = last({file}).locks.at(0);
  EXPECT_EQ(lock.lock.mode, LockMode::share_update_exclusive);
  ASSERT_TRUE(lock.held);
  EXPECT_EQ(lock.held->mode, LockMode::access_exclusive);
  EXPECT_EQ(lock.held->since.line, 1U);
  EXPECT_FALSE(last({file}, /*transactional=*/false).locks.at(0).held);
  EXPECT_FALSE(last({{file[0]}, {file[2]}}).locks.at(0).held);

  const auto held = [](const File& statements) { return last({statements}).locks.at(0).held; };
  EXPECT_FALSE(held({"create index on t (a)", "truncate t"}));
  EXPECT_FALSE(held({"create index on t (a)", "create index on u (a)"}));
  EXPECT_TRUE(held({"truncate t", "alter table t rename to u", "create index on u (a)"}));
  EXPECT_FALSE(held({"create or replace view v as select 1", "drop view v"}));  // perhaps taken
}

TEST(LockForecast, TellsWhatItCannotTell) {
  EXPECT_EQ(last({{"do $$ begin end $$"}}).unknown, "they depend on what it runs");
  EXPECT_EQ(last({{"alter table t do something new"}}).unknown,
            "the parser does not understand it");
  EXPECT_EQ(last({{"create table t (" + std::string(100'000, ' ') + ")"}}).unknown,
            "it is too long to be parsed");
  EXPECT_EQ(last({{"insert into t values ('" + std::string(100'000, 'x') + "')"}}).unknown, "");
}

}  // namespace
}  // namespace migrator
