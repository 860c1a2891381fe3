// kill -9 of the real migrator in files of each kind: one transaction, none (`transaction off`),
// blocks of COPY, a down part, and the very first run. Files of several segments are kill_test.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/kill_scene.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

constexpr std::string_view kJournal = "UPDATE % SET statements_done%";
constexpr std::string_view kApplied = "WITH own AS (UPDATE % SET state = ''applied''%";

const std::vector<KillPoint> kOneTransaction{
    {"the row", "select pg_advisory_xact_lock(100)", "INSERT INTO %"},
    {"the first statement", "lock table a in share mode", "insert into a%"},
    {"the last statement", "select pg_advisory_xact_lock(1)", "select pg_advisory_xact_lock%"},
    {"the row is applied", "select pg_advisory_xact_lock(1103)", kApplied},
    {"commit", "select pg_advisory_xact_lock(1203)", "COMMIT%"}};

constexpr std::string_view kTransaction =
    "insert into a values (1);\ncreate table b as select n from a;\n"
    "select pg_advisory_xact_lock_shared(1);\n";

TEST(KillOneTransaction, IsAppliedOnce) {
  KillScene scene("create table a(n int)");
  scene.write("1_file.sql", kTransaction);
  expect_same_end(scene, kOneTransaction);
}

TEST(KillOneTransaction, KeepsNothing) {
  KillScene scene("create table a(n int)");
  scene.write("1_file.sql", kTransaction);
  const std::string before = scene.state();
  for (const KillPoint& point : kOneTransaction) {
    scene.hold(point.holding);
    MigratorProcess victim = scene.start({"up"});
    const int pid = scene.wait_for(point.statement);
    victim.kill();
    scene.terminate(pid);
    scene.let_go();
    EXPECT_EQ(scene.state(), before) << point.name;
  }
}

// 2 MiB, so that the client is still sending when it is killed in the middle.
std::string many_rows() {
  std::string rows;
  for (int n = 0; n < 20000; ++n) rows += fmt::format("{}\t{:0100}\n", n, n);
  return rows;
}

const std::string kCopyBase =
    "create table c(n int, t text); create table d(n int); create table v(n int);"
    "create function gates.middle() returns trigger language plpgsql as $$ begin "
    "perform pg_advisory_xact_lock_shared(7); return new; end $$;"
    "create trigger middle before insert on c for each row when (new.n = 10000) "
    "execute function gates.middle()";

std::string copy_blocks(std::string_view between) {
  return fmt::format(
      "copy c from stdin;\n{}\\.\n{}copy d from stdin;\n1\n2\n\\.\n"
      "copy d from stdin;\n3\n\\.\n",
      many_rows(), between);
}

TEST(KillCopy, OfOneTransaction) {
  KillScene scene(kCopyBase);
  scene.write("1_file.sql", copy_blocks(""));
  expect_same_end(scene, {{"in the data", "select pg_advisory_xact_lock(7)", "copy c%"},
                          {"the second block", "lock table d in share mode", "copy d%"},
                          {"the row", "select pg_advisory_xact_lock(1103)", kApplied}});
}

TEST(KillCopy, OfSeveralSegments) {
  KillScene scene(kCopyBase);
  scene.write("1_file.sql", copy_blocks("vacuum v;\n"));
  expect_same_end(scene, {{"in the data", "select pg_advisory_xact_lock(7)", "copy c%"},
                          {"the journal", "select pg_advisory_xact_lock(101)", kJournal},
                          {"the second block", "lock table d in share mode", "copy d%"}});
}

TEST(KillDown, TheNextDownComesToTheSameEnd) {
  KillScene scene("create table a(n int); create table b(n int); insert into b values (1)");
  scene.write("1_file.sql",
              "-- migrate:up\ncreate index concurrently a_i on a(n);\ndelete from b;\n"
              "-- migrate:down\nselect 1;\ndrop index concurrently a_i;\n"
              "insert into b values (1);\ncreate index concurrently b_i on b(n);\n");
  expect_same_end(scene,
                  {{"the row", "select pg_advisory_xact_lock(100)", "UPDATE %"},
                   {"drop index", "select from a", "drop index%", "was finished on the server",
                    "invalid by now"},
                   {"its journal", "select pg_advisory_xact_lock(102)", kJournal,
                    "was finished on the server", "was finished on the server"},
                   {"insert", "lock table b in share row exclusive mode", "insert into b%"},
                   {"create index", "lock table b in row exclusive mode", "create index%",
                    "was finished on the server", "dropped the invalid index public.b_i"}},
                  {"down"}, {"up"});
}

TEST(KillFirstRun, TheHistoryIsMadeOnce) {
  KillScene scene(
      "create table a(n int); drop table schema_migrations;"
      "create function gates.made() returns event_trigger language plpgsql as $$ begin "
      "perform pg_advisory_xact_lock_shared(5); end $$;"
      "create event trigger made on ddl_command_end when tag in ('CREATE TABLE') "
      "execute function gates.made()");
  scene.write("1_file.sql", "insert into a values (1);");
  expect_same_end(scene, {{"the table", "select pg_advisory_xact_lock(5)", "%CREATE TABLE%"}});
}

/// A point of a file without transactions, where only a look at the rows tells what was done.
struct Doubt {
  KillPoint point;
  std::string_view is_done;  ///< a query; the statements up to `behind` are
  int from = 0;              ///< the first statement that may be done
  int behind = 0;
};

class KillTransactionOff : public testing::Test {
 protected:
  KillTransactionOff() {
    scene_.write("1_file.sql",
                 "-- migrator: transaction off\n"
                 "insert into a values (1);\n"               // 1
                 "insert into b values (1);\n"               // 2
                 "vacuum v;\n"                               // 3
                 "begin;\n"                                  // 4
                 "insert into a values (2);\n"               // 5
                 "insert into c values (2);\n"               // 6
                 "commit;\n"                                 // 7
                 "create index concurrently a_i on a(n);\n"  // 8
                 "insert into d values (3);\n");             // 9
  }

  /// Where migrator asks what is true instead of guessing, it gets the answer.
  void expect_known_or_asked(const Doubt& doubt, ServerProcess server) {
    ShellResult result = run_killed_at(scene_, doubt.point, server);
    if (result.exit_code == 4) {
      EXPECT_PRED2(contains, result.output, "\"in-doubt\"");
      EXPECT_PRED2(contains, result.output, fmt::format("--resume-at {}", doubt.from));
      const int next = scene_.value(doubt.is_done) == "t" ? doubt.behind + 1 : doubt.from;
      result = scene_.run(
          {"repair", "1", "--resume-at", std::to_string(next), "--reason", "looked at the rows"});
      EXPECT_EQ(result.exit_code, 0) << result.output;
      result = scene_.run({"up"});
    }
    EXPECT_EQ(result.exit_code, 0) << result.output;
  }

  KillScene scene_{
      "create table a(n int); create table b(n int); create table c(n int);"
      "create table d(n int); create table v(n int)"};
};

TEST_F(KillTransactionOff, NothingIsDoneTwiceAndNothingIsLeftOut) {
  ASSERT_EQ(scene_.run({"up"}).exit_code, 0);
  const std::string undisturbed = scene_.state();
  const std::vector<Doubt> doubts{
      {{"insert", "lock table b in share mode", "insert into b%"},
       "select exists (select from b)",
       2,
       2},
      {{"its journal", "select pg_advisory_xact_lock(102)", kJournal},
       "select exists (select from b)",
       2,
       2},
      {{"the file's own transaction", "lock table c in share mode", "insert into c%"},
       "select exists (select from c)",
       4,
       7},
      {{"its journal", "select pg_advisory_xact_lock(107)", kJournal},
       "select exists (select from c)",
       4,
       7},
      {{"last", "lock table d in share mode", "insert into d%"},
       "select exists (select from d)",
       9,
       9}};
  for (const Doubt& doubt : doubts)
    for (const ServerProcess server : {ServerProcess::goes_on, ServerProcess::is_ended}) {
      SCOPED_TRACE(fmt::format("at \"{}\" of statement {}, and the server process {}",
                               doubt.point.name, doubt.from,
                               server == ServerProcess::goes_on ? "goes on" : "is ended"));
      scene_.begin_anew();
      expect_known_or_asked(doubt, server);
      EXPECT_EQ(scene_.state(), undisturbed);
    }
}

TEST_F(KillTransactionOff, WhatTheCatalogKnowsIsNotAsked) {
  expect_same_end(scene_, {{"vacuum", "lock table v in share update exclusive mode", "vacuum%"},
                           {"create index", "lock table a in row exclusive mode", "create index%"},
                           {"its journal", "select pg_advisory_xact_lock(108)", kJournal}});
}

}  // namespace
}  // namespace migrator
