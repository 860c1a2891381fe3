#include "engine/pg/pipeline.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <thread>

#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_server.h"

namespace migrator {
namespace {

class PipelineTest : public testing::Test {
 protected:
  PipelineEnd run(const std::vector<Query>& queries, const PipelineOptions& options = {}) {
    return run_pipeline(connection, queries, options);
  }

  std::string value(std::string_view sql) {
    return connection.query(sql).at(0).at(0).value_or("NULL");
  }

  TestDatabase database;
  Connection connection = database.connect();
};

TEST_F(PipelineTest, AnswersEachStatementByItself) {
  const PipelineEnd end = run({{"create table a(n int, t text)"},
                               {"insert into a values ($1, $2), (2, 'x')", {"1", std::nullopt}},
                               {"select n, t from a order by n"}});
  EXPECT_FALSE(end.failure);
  ASSERT_EQ(end.replies.size(), 3u);
  EXPECT_EQ(end.replies[0].tag, "CREATE TABLE");
  EXPECT_EQ(end.replies[1].tag, "INSERT 0 2");
  EXPECT_EQ(end.replies[2].rows, (std::vector<Row>{{"1", std::nullopt}, {"2", "x"}}));
  EXPECT_TRUE(run({}).replies.empty());
}

TEST_F(PipelineTest, RunsNothingBehindAFailure) {
  const PipelineEnd end = run({{"begin"},
                               {"create table a(n int)"},
                               {"commit"},
                               {"begin"},
                               {"create table b(n int)"},
                               {"select 1/0"},
                               {"commit"},
                               {"create table c(n int)"}});
  EXPECT_EQ(end.replies.size(), 5u);
  ASSERT_TRUE(end.failure);
  EXPECT_EQ(end.failure->finding().sqlstate, "22012");
  EXPECT_TRUE(connection.in_transaction());
  run_command(connection, "rollback");
  EXPECT_EQ(value("select string_agg(relname, ' ') from pg_class where relname in ('a','b','c')"),
            "a");
}

TEST_F(PipelineTest, ASyntaxErrorIsThatOfItsStatementAlone) {
  const PipelineEnd end = run({{"begin"}, {"create table a(n int)"}, {"commit"}, {"selekt"}});
  EXPECT_EQ(end.replies.size(), 3u);
  ASSERT_TRUE(end.failure);
  EXPECT_EQ(end.failure->finding().sqlstate, "42601");
  EXPECT_EQ(value("select count(*) from a"), "0");
}

TEST_F(PipelineTest, NoticesBelongToTheStatementThatIsAwaited) {
  std::size_t awaited = 0;
  std::vector<std::string> heard;
  connection.on_notice([&](const Notice& notice) {
    heard.push_back(std::to_string(awaited) + " " + notice.message);
  });
  const Query says{"do $$ begin raise notice 'said'; end $$"};
  const PipelineEnd end = run({{"select 1"}, says, {"select 2"}, says, says, {"select 3"}},
                              {.awaited = [&](std::size_t index) { awaited = index; }});
  EXPECT_FALSE(end.failure);
  EXPECT_EQ(heard, (std::vector<std::string>{"1 said", "3 said", "4 said"}));
}

TEST_F(PipelineTest, TellsAnAnswerBeforeTheNextIsThere) {
  std::vector<std::chrono::steady_clock::time_point> at;
  run({{"select 1"}, {"select 2"}, {"select pg_sleep(0.3)"}, {"select 3"}},
      {.awaited = [&](std::size_t) { at.push_back(std::chrono::steady_clock::now()); },
       .tell_behind = 1});
  ASSERT_EQ(at.size(), 5u);
  EXPECT_GT(at[3] - at[2], std::chrono::milliseconds(100));
}

TEST_F(PipelineTest, AStopCancelsTheStatementThatRuns) {
  std::stop_source stop;
  const std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    stop.request_stop();
  });
  const PipelineEnd end = run({{"select 1"}, {"select pg_sleep(60)"}, {"create table a(n int)"}},
                              {.stop = stop.get_token()});
  EXPECT_EQ(end.replies.size(), 1u);
  ASSERT_TRUE(end.failure);
  EXPECT_EQ(end.failure->finding().id, "cancelled");
  EXPECT_EQ(value("select to_regclass('a') is null"), "t");
  // One that came before sends nothing.
  EXPECT_EQ(expect_error(ErrorKind::migration,
                         [&] { run({{"create table a(n int)"}}, {.stop = stop.get_token()}); })
                .id,
            "cancelled");
}

TEST_F(PipelineTest, ALostSessionIsAFailureOfTheConnection) {
  const PipelineEnd end =
      run({{"select 1"}, {"select pg_terminate_backend(pg_backend_pid())"}, {"select 2"}},
          {.tell_behind = 0});
  EXPECT_EQ(end.replies.size(), 1u);
  ASSERT_TRUE(end.failure);
  EXPECT_EQ(end.failure->kind(), ErrorKind::connection);
  EXPECT_FALSE(connection.is_alive());
}

TEST_F(PipelineTest, MoreThanTheBuffersHoldIsSentWhileAnswersAreRead) {
  const std::string much(100'000, 'x');
  const std::vector<Query> queries(300, Query{"select $1", {much}});
  const PipelineEnd end = run(queries);
  EXPECT_FALSE(end.failure);
  EXPECT_EQ(end.replies.size(), 300u);
}

}  // namespace
}  // namespace migrator
