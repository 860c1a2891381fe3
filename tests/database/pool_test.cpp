#include "engine/pg/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "engine/pg/json_query.h"
#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_server.h"

namespace migrator {
namespace {

using std::chrono::milliseconds;

class PoolTest : public testing::Test {
 protected:
  Pool::Open open() {
    return [this](std::stop_token stop) {
      ++opened_;
      return Connection::open(database_.url(), {.application_name = "pooled"}, std::move(stop));
    };
  }

  TestDatabase database_;
  std::atomic<int> opened_ = 0;
};

TEST_F(PoolTest, LendsTheSameOneAgain) {
  Pool pool(open(), {.connections = 2});
  int first = 0;
  {
    auto lease = pool.lend();
    first = lease->backend_pid();
    EXPECT_EQ(pool.lent(), 1U);
  }
  EXPECT_EQ(pool.idle(), 1U);
  EXPECT_EQ(pool.lend()->backend_pid(), first);
  EXPECT_EQ(opened_, 1);
}

TEST_F(PoolTest, IsBoundedAndWaitsWithALimit) {
  Pool pool(open(), {.connections = 1, .wait = milliseconds(50)});
  auto lease = pool.lend();
  EXPECT_EQ(expect_error(ErrorKind::connection, [&] { pool.lend(); }).id, "pool-exhausted");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(expect_error(ErrorKind::connection, [&] { pool.lend(stop.get_token()); }).id,
            "cancelled");
}

TEST_F(PoolTest, WhoWaitsGetsTheNextThatComesBack) {
  Pool pool(open(), {.connections = 1, .wait = std::chrono::seconds(10)});
  std::optional<Pool::Lease> lease(pool.lend());
  std::jthread returning([&] {
    std::this_thread::sleep_for(milliseconds(50));
    lease.reset();
  });
  EXPECT_TRUE(pool.lend()->is_alive());
  EXPECT_EQ(opened_, 1);
}

TEST_F(PoolTest, ABrokenOneIsGivenToNobody) {
  Pool pool(open(), {.connections = 1});
  {
    auto lease = pool.lend();
    lease->give_up();
    EXPECT_THROW(lease->query("select 1"), Error);
  }
  EXPECT_EQ(pool.idle(), 0U);
  EXPECT_EQ(pool.lend()->query("select 1").size(), 1U);
}

TEST_F(PoolTest, OneThatWasEndedWhileItWasIdleIsReplaced) {
  Pool pool(open(), {.connections = 1, .unchecked = milliseconds(0)});
  const int pid = pool.lend()->backend_pid();
  const Field parameter = std::to_string(pid);
  database_.connect().query("select pg_terminate_backend($1::int, 5000)", {&parameter, 1});
  EXPECT_NE(pool.lend()->backend_pid(), pid);
}

TEST_F(PoolTest, ATransactionThatWasLeftOpenIsRolledBack) {
  Pool pool(open(), {.connections = 1});
  {
    auto lease = pool.lend();
    run_command(*lease, "begin; create table left_open ()");
  }
  auto lease = pool.lend();
  EXPECT_FALSE(lease->in_transaction());
  EXPECT_EQ(lease->query("select to_regclass('left_open')")[0][0], std::nullopt);
}

TEST_F(PoolTest, WhatOneLeavesInTheSessionTheNextDoesNotFind) {
  Pool pool(open(), {.connections = 1});
  std::string told;
  int pid = 0;
  {
    auto lease = pool.lend();
    pid = lease->backend_pid();
    lease->on_notice([&](const Notice& notice) { told = notice.message; });
    run_command(
        *lease,
        "create role pooled_borrower; set role pooled_borrower; set search_path = elsewhere; "
        "set application_name = 'changed'; set standard_conforming_strings = off");
    run_command(*lease, "reset role; create temporary table left_behind (); listen somebody");
    run_command(*lease, "prepare left_prepared as select 1; select pg_advisory_lock(77)");
  }
  auto lease = pool.lend();
  ASSERT_EQ(lease->backend_pid(), pid);
  const auto rows = lease->query(
      "select current_user = session_user, current_setting('search_path'), "
      "current_setting('application_name'), current_setting('standard_conforming_strings'), "
      "to_regclass('pg_temp.left_behind') is null, (select count(*) from pg_prepared_statements "
      "where name = 'left_prepared'), (select count(*) from pg_locks where locktype = 'advisory' "
      "and pid = pg_backend_pid()), (select count(*) from pg_listening_channels())");
  EXPECT_EQ(rows.at(0), (Row{"t", "\"$user\", public", "pooled", "on", "t", "0", "0", "0"}));
  run_command(*lease, "do $$ begin raise notice 'heard by nobody'; end $$");
  EXPECT_EQ(told, "");
  run_command(*lease, "drop role pooled_borrower");
}

TEST_F(PoolTest, OneThatWasClosedIsReplaced) {
  Pool pool(open(), {.connections = 1, .wait = milliseconds(50)});
  pool.lend().close();
  EXPECT_EQ(pool.idle(), 0U);
  EXPECT_EQ(pool.lent(), 0U);
  EXPECT_TRUE(pool.lend()->is_alive());
  EXPECT_EQ(opened_, 2);
}

TEST_F(PoolTest, WhatCannotBeOpenedLeavesRoomForOthers) {
  Pool pool(
      [](std::stop_token) -> Connection {
        throw Error(ErrorKind::connection, {.id = "connection-refused", .message = "no"});
      },
      {.connections = 1, .wait = milliseconds(50)});
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(expect_error(ErrorKind::connection, [&] { pool.lend(); }).id, "connection-refused");
}

TEST_F(PoolTest, QueriesAreJsonOfTheServerWithItsTypes) {
  Connection connection = database_.connect();
  const std::vector<Field> three{"3"};
  const BoundQuery numbers = bind_query(
      "select n, n * 1.50 as price, null as nothing from generate_series(1, :n) n order by n desc",
      "");
  EXPECT_EQ(query_array_json(connection, numbers, three),
            "[{\"n\":3,\"price\":4.50,\"nothing\":null}, "
            "{\"n\":2,\"price\":3.00,\"nothing\":null}, "
            "{\"n\":1,\"price\":1.50,\"nothing\":null}]");
  EXPECT_EQ(query_object_json(connection, bind_query("select :n::int", ""), three), "{\"int4\":3}");
  EXPECT_EQ(query_object_json(connection, bind_query("select 1 where false", ""), {}), "null");
  EXPECT_EQ(query_array_json(connection, bind_query("select 1 where false", ""), {}), "[]");
  const Finding several =
      expect_error(ErrorKind::migration, [&] { query_object_json(connection, numbers, three); });
  EXPECT_EQ(several.id, "query-rows");
  EXPECT_FALSE(connection.in_transaction());
}

TEST_F(PoolTest, NothingIsWrittenWithoutCommit) {
  Connection connection = database_.connect();
  run_command(connection, "create table t (a int unique, b text)");
  const BoundQuery insert = bind_query("insert into t values (:a, :b) returning a", "");
  const std::vector<Field> values{"1", "Robert'); drop table t; --"};
  EXPECT_EQ(
      expect_error(ErrorKind::migration, [&] { query_array_json(connection, insert, values); })
          .sqlstate,
      "25006");
  EXPECT_EQ(query_array_json(connection, insert, values, QueryMode::commit), "[{\"a\":1}]");
  const Finding twice = expect_error(ErrorKind::migration, [&] {
    query_array_json(connection, insert, values, QueryMode::commit);
  });
  EXPECT_EQ(twice.sqlstate, "23505");
  const std::vector<Field> null{std::nullopt};
  EXPECT_EQ(query_commit(connection, bind_query("update t set b = :b", ""), null), 1U);
  EXPECT_EQ(query_json(connection, bind_query("select * from t", ""), {}, QueryMode::read_only),
            "[{\"a\":1,\"b\":null}]");
}

TEST_F(PoolTest, ErrorsStandWhereTheQueryWasWritten) {
  Connection connection = database_.connect();
  const std::vector<Field> values{"x"};
  const BoundQuery query = bind_query("select :longer_name,\n       nowhere", "q.sql");
  const Finding finding =
      expect_error(ErrorKind::migration, [&] { query_array_json(connection, query, values); });
  ASSERT_TRUE(finding.place);
  EXPECT_EQ(finding.place->file, "q.sql");
  EXPECT_EQ(finding.place->line, 2U);
  EXPECT_EQ(finding.place->column, 8U);
}

}  // namespace
}  // namespace migrator
