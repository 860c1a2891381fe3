#include "engine/pg/script.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "engine/sql/command_reader.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_server.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

class Script : public testing::Test {
 protected:
  // Runs all statements; gives what the last one answered.
  CommandResult run(std::string_view text, std::stop_token stop = {}) {
    const Part part{.file = "1_a.sql", .text = std::string(text)};
    CommandReader reader(part);
    CommandResult last;
    while (const auto command = reader.next())
      last = run_statement(connection, part, *command, stop);
    EXPECT_TRUE(reader.findings().empty());
    return last;
  }

  Finding failure_of(std::string_view text, ErrorKind kind = ErrorKind::migration) {
    return expect_error(kind, [&] { run(text); });
  }

  std::string value(std::string_view sql) {
    return connection.query(sql).at(0).at(0).value_or("NULL");
  }

  TestDatabase database;
  Connection connection = database.connect();
};

// "line:column text of the line"
std::string spot(const Finding& finding) {
  if (!finding.place) return "none";
  return std::to_string(finding.place->line) + ":" + std::to_string(finding.place->column) + " " +
         finding.place->source_line;
}

// Requests a stop after a while.
class StopAfter {
 public:
  explicit StopAfter(milliseconds delay)
      : thread_([this, delay] {
          std::this_thread::sleep_for(delay);
          source_.request_stop();
        }) {}
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread thread_;
};

TEST_F(Script, TellsWhatWasDone) {
  EXPECT_EQ(run("create table t(n int)").tag, "CREATE TABLE");
  const CommandResult inserted = run("insert into t select generate_series(1, 3)");
  EXPECT_EQ(inserted.tag, "INSERT 0 3");
  EXPECT_EQ(inserted.rows, 3U);
  EXPECT_EQ(run("select * from t").rows, 3U);
  EXPECT_EQ(run("-- nothing\n").tag, "");
}

TEST_F(Script, HoldsNoRowsOfALargeResult) {
  EXPECT_EQ(run("select n, repeat('x', 1000) from generate_series(1, 50000) n").rows, 50000U);
}

TEST_F(Script, PlacesAnErrorInItsFile) {
  const Finding finding =
      failure_of("create table t(n int);\n\n-- äöü\nselect 'äöü',\n  nope from t;\n");
  EXPECT_EQ(finding.id, "statement-failed");
  EXPECT_EQ(finding.sqlstate, "42703");
  EXPECT_EQ(finding.message, "column \"nope\" does not exist");
  EXPECT_EQ(finding.place.value_or(Place{}).file, "1_a.sql");
  EXPECT_EQ(spot(finding), "5:3   nope from t;");
}

TEST_F(Script, CountsTheLinesOfThePartIntoThePlace) {
  const Part part{.file = "1_a.sql", .text = "select 1;\nselect (;", .first_line = 10};
  const Command command{.statement = {.offset = 10, .length = 8, .line = 11}};
  const Finding finding =
      expect_error(ErrorKind::migration, [&] { run_statement(connection, part, command); });
  EXPECT_EQ(finding.sqlstate, "42601");
  EXPECT_EQ(spot(finding).substr(0, 3), "11:");
}

TEST_F(Script, PlacesAnErrorWithoutPositionAtItsStatement) {
  EXPECT_EQ(spot(failure_of("select 1;\n  select 1 /\n 0;")), "2:3   select 1 /");
}

TEST_F(Script, PlacesAnErrorInsideADoBlock) {
  const Finding finding =
      failure_of("do $$\nbegin\n  perform 1;\n  insert into missing values (1);\nend $$;");
  EXPECT_EQ(finding.sqlstate, "42P01");
  EXPECT_EQ(spot(finding), "4:15   insert into missing values (1);");
  EXPECT_PRED2(contains, finding.context, "PL/pgSQL function inline_code_block line 4");
}

TEST_F(Script, ShowsTheQueryOfAnErrorInsideAFunction) {
  run("create function f() returns void language plpgsql as 'begin select nope; end'");
  const Finding finding = failure_of("select\n f();");
  EXPECT_EQ(spot(finding), "1:1 select");
  EXPECT_PRED2(contains, finding.detail, "select nope");
  EXPECT_PRED2(contains, finding.context, "PL/pgSQL function f() line 1");
}

TEST_F(Script, KeepsDetailHintAndNames) {
  run("create table parent(id int primary key); create table child(p int constraint child_parent "
      "references parent)");
  const Finding finding = failure_of("insert into child values (5)");
  EXPECT_EQ(finding.sqlstate, "23503");
  EXPECT_PRED2(contains, finding.message, "child_parent");
  EXPECT_EQ(finding.detail, "Key (p)=(5) is not present in table \"parent\".");
  EXPECT_EQ(failure_of("select lenght('x')").hint.empty(), false);
  const Finding raised = failure_of(
      "do $$ begin raise 'wrong' using detail = 'some', table = 'orders', schema = 'shop'; end $$");
  EXPECT_EQ(raised.sqlstate, "P0001");
  EXPECT_EQ(raised.detail, "some\ntable shop.orders");
}

TEST_F(Script, RunsOneMessageOfManyStatements) {
  run_command(connection, "create table a(n int); create table b(n int); insert into b values (1)");
  EXPECT_EQ(value("select count(*) from b"), "1");
  const Finding finding =
      expect_error(ErrorKind::migration, [&] { run_command(connection, "select 1; select x"); });
  EXPECT_FALSE(finding.place.has_value());
  EXPECT_EQ(finding.sqlstate, "42703");
}

TEST_F(Script, RefusesANulByte) {
  EXPECT_EQ(expect_error(ErrorKind::migration,
                         [&] { run_command(connection, std::string_view("select 1\0; drop", 15)); })
                .id,
            "nul-byte");
}

// What libpq refused to send had no answer, and no answer passed for success.
TEST_F(Script, WhatWasNotSentIsNotDone) {
  Finding refused;
  connection.on_notice([&](const Notice&) {
    refused = expect_error(ErrorKind::migration, [&] { run_command(connection, "select 1"); });
  });
  run("do $$ begin raise notice 'a command is in progress'; end $$");
  EXPECT_EQ(refused.id, "not-sent");
  EXPECT_PRED2(contains, refused.detail, "in progress");
  EXPECT_EQ(value("select 2"), "2");
}

TEST_F(Script, ACommitThatRollsBackIsNone) {
  run_command(connection, "begin");
  expect_error(ErrorKind::migration, [&] { run_command(connection, "select nope"); });
  EXPECT_EQ(expect_error(ErrorKind::migration, [&] { commit(connection); }).id, "not-committed");
}

TEST_F(Script, CopiesData) {
  const CommandResult copied =
      run("create table t(n int, s text);\n"
          "copy t from stdin;\n1\tone\n2\t\\N\n3\ta;b\n\\.\ninsert into t values (4, 'x');");
  EXPECT_EQ(copied.tag, "INSERT 0 1");
  EXPECT_EQ(value("select string_agg(coalesce(s, '-'), ',' order by n) from t"), "one,-,a;b,x");
}

TEST_F(Script, CopiesManyChunks) {
  std::string text = "create table t(n int, s text);\ncopy t from stdin with (format csv);\n";
  for (int n = 0; n < 100000; ++n) text += std::to_string(n) + ",some text of the line\n";
  EXPECT_EQ(run(text + "\\.\n").rows, 100000U);
}

TEST_F(Script, NamesTheDataLineOfACopyError) {
  const std::string create = "create table t(n int check (n > 0));\n\n";
  const Finding type = failure_of(create + "copy t (n) from stdin;\n1\n2\nthree\n4\n\\.\n");
  EXPECT_EQ(type.sqlstate, "22P02");
  EXPECT_EQ(spot(type), "6:1 three");
  EXPECT_PRED2(contains, type.context, "COPY t, line 3, column n");
  EXPECT_EQ(spot(failure_of("copy t from stdin;\n1\n-5\n\\.\n")), "3:1 -5");
  EXPECT_EQ(spot(failure_of("copy t from stdin csv header;\nn\n1\n\"a\nb\"\n\\.\n")).substr(0, 2),
            "5:");  // the last line of a value of two
  EXPECT_EQ(value("select count(*) from t"), "0");
}

TEST_F(Script, PlacesAnErrorOfTheCopyItself) {
  EXPECT_EQ(spot(failure_of("select 1;\ncopy missing from stdin;\n1\n\\.\n")).substr(0, 2), "2:");
  EXPECT_EQ(value("select 1"), "1");
}

TEST_F(Script, DoesNotHangOnACopyWithoutItsData) {
  run("create table t(n int)");
  const Part part{.file = "1_a.sql", .text = "copy t from stdin"};
  const Command command{.statement = {.length = part.text.size()}};
  const Finding finding =
      expect_error(ErrorKind::migration, [&] { run_statement(connection, part, command); });
  EXPECT_PRED2(contains, finding.message, "no data follows this COPY");
  EXPECT_EQ(value("select count(*) from t"), "0");
}

TEST_F(Script, DropsWhatACopyToStdoutSends) {
  EXPECT_EQ(run("copy (select generate_series(1, 20000)) to stdout").tag, "COPY 20000");
  EXPECT_EQ(value("select 1"), "1");
}

TEST_F(Script, GivesNoticesWhileItRuns) {
  std::vector<std::string> heard;
  connection.on_notice([&](const Notice& notice) { heard.push_back(notice.message); });
  run("drop table if exists nothing; do $$ begin raise notice 'one'; raise info 'two'; end $$");
  EXPECT_EQ(heard,
            (std::vector<std::string>{"table \"nothing\" does not exist, skipping", "one", "two"}));
}

TEST_F(Script, CancelsAStatement) {
  const StopAfter stop(milliseconds(100));
  const auto start = Clock::now();
  const Finding finding = expect_error(
      ErrorKind::migration, [&] { run("select 1;\nselect pg_sleep(60)", stop.token()); });
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(1));
  EXPECT_EQ(finding.id, "cancelled");
  EXPECT_EQ(spot(finding), "2:1 select pg_sleep(60)");
  // The session lives on, and the cancel hits nothing else.
  for (int n = 0; n < 20; ++n) EXPECT_EQ(value("select 1"), "1");
}

TEST_F(Script, CancelsACopyThatWaits) {
  run("create table t(n int)");
  Connection other = database.connect();
  run_command(other, "begin; lock table t");
  const StopAfter stop(milliseconds(100));
  const auto start = Clock::now();
  const Finding finding = expect_error(ErrorKind::migration,
                                       [&] { run("copy t from stdin;\n1\n\\.\n", stop.token()); });
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(1));
  EXPECT_EQ(finding.id, "cancelled");
}

TEST_F(Script, CancelsACopyWhoseDataNobodyTakes) {
  run("create table t(n int, s text); create function slow() returns trigger language plpgsql as "
      "$$ begin perform pg_sleep(60); return new; end $$; "
      "create trigger slow before insert on t for each row execute function slow()");
  std::string text = "copy t from stdin;\n";
  for (int n = 0; n < 100000; ++n) text += std::to_string(n) + "\t" + std::string(200, 'x') + "\n";
  const StopAfter stop(milliseconds(300));
  const auto start = Clock::now();
  const Finding finding =
      expect_error(ErrorKind::migration, [&] { run(text + "\\.\n", stop.token()); });
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(3));
  EXPECT_EQ(finding.id, "cancelled");
  EXPECT_EQ(value("select count(*) from t"), "0");
}

TEST_F(Script, GivesUpAServerThatDoesNotAnswerTheCancel) {
  const int pid = connection.backend_pid();
  const StopAfter stop(milliseconds(100));
  ASSERT_EQ(kill(pid, SIGSTOP), 0);
  const auto start = Clock::now();
  const Finding finding =
      expect_error(ErrorKind::connection, [&] { run("select 1", stop.token()); });
  kill(pid, SIGCONT);
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(8));
  EXPECT_EQ(finding.id, "cancelled");
  EXPECT_PRED2(contains, finding.message, "did not confirm");
  EXPECT_FALSE(connection.is_alive());
  expect_error(ErrorKind::connection, [&] { connection.query("select 1"); });
}

TEST_F(Script, SendsNothingAfterAStop) {
  std::stop_source stop;
  stop.request_stop();
  const Finding finding = expect_error(ErrorKind::migration, [&] {
    run_command(connection, "create table t(n int)", stop.get_token());
  });
  EXPECT_EQ(finding.id, "cancelled");
  EXPECT_EQ(value("select to_regclass('t')"), "NULL");
}

TEST_F(Script, AStatementThatTheServerCancelsIsAnOrdinaryFailure) {
  run_command(connection, "set statement_timeout = '50ms'");
  const Finding finding = failure_of("select pg_sleep(60)");
  EXPECT_EQ(finding.id, "statement-failed");
  EXPECT_EQ(finding.sqlstate, "57014");
}

TEST_F(Script, TellsWhenTheSessionIsEnded) {
  const std::string pid = std::to_string(connection.backend_pid());
  std::jthread killer([&] {
    Connection other = database.connect();
    std::this_thread::sleep_for(milliseconds(200));
    const std::vector<Field> parameters = {pid};
    other.query("select pg_terminate_backend($1::int)", parameters);
  });
  const Finding finding = failure_of("select pg_sleep(60)", ErrorKind::connection);
  EXPECT_EQ(finding.id, "connection-lost");
  EXPECT_PRED2(contains, finding.detail, "terminating connection due to administrator command");
  EXPECT_FALSE(connection.is_alive());
}

TEST_F(Script, TellsWhenTheSessionIsEndedDuringACopy) {
  run("create table t(n int, s text); create function bye() returns trigger language plpgsql as "
      "$$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$; "
      "create trigger bye before insert on t for each row execute function bye()");
  std::string text = "copy t from stdin;\n";
  for (int n = 0; n < 200000; ++n) text += std::to_string(n) + "\t" + std::string(200, 'x') + "\n";
  EXPECT_EQ(failure_of(text + "\\.\n", ErrorKind::connection).id, "connection-lost");
}

}  // namespace
}  // namespace migrator
