// Each file has a session as if it were its own: what it sets holds to its end, through all of its
// segments, and reaches neither the next file nor our own statements.
#include <fmt/format.h>

#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

class SessionReset : public RunFixture {
 protected:
  SessionReset() : role_("clerk_" + database().name()) { sql("create role " + role_); }
  ~SessionReset() override { sql("reset role; drop owned by " + role_ + "; drop role " + role_); }
  SessionReset(const SessionReset&) = delete;
  SessionReset& operator=(const SessionReset&) = delete;

  /// Everything a file can leave behind that does not stop it from running itself.
  std::string mess() const {
    return fmt::format(
        "set search_path = '';\nselect set_config('work_mem', '1MB', false);\n"
        "set lock_timeout = 12345;\nset statement_timeout = 54321;\n"
        "set standard_conforming_strings = off;\nset client_encoding = 'LATIN1';\n"
        "set default_transaction_isolation = 'serializable';\nset my.own = 'mine';\n"
        "set timezone = 'Asia/Tokyo';\ncreate temporary table leftover(n int);\nlisten leftover;\n"
        "prepare leftover as select 1;\ndeclare leftover cursor with hold for select 1;\n"
        "set session authorization {0};\nset role {0};\n",
        role_);
  }

  /// What is left of it in the session of the runs.
  std::string left() {
    const auto rows = connection().query(
        "select concat_ws(' ', nullif(current_schemas(false)::text, '{public}'), "
        "nullif(current_setting('work_mem'), '4MB'), "
        "nullif(current_setting('lock_timeout'), '0'), "
        "nullif(current_setting('statement_timeout'), '0'), "
        "nullif(current_setting('standard_conforming_strings'), 'on'), "
        "nullif(current_setting('client_encoding'), 'UTF8'), "
        "nullif(current_setting('default_transaction_isolation'), 'read committed'), "
        "nullif(current_setting('my.own', true), ''), "
        "nullif(current_setting('timezone'), (select reset_val from pg_settings where name = "
        "'TimeZone')), to_regclass('pg_temp.leftover')::text, "
        "(select string_agg(c, ',') from pg_listening_channels() c), "
        "(select string_agg(name, ',') from pg_prepared_statements), "
        "(select string_agg(name, ',') from pg_cursors where name = 'leftover'), "
        "nullif(session_user, 'postgres'), nullif(current_user, 'postgres'))");
    return rows.at(0).at(0).value_or("");
  }

  const std::string& role() const { return role_; }

 private:
  std::string role_;
};

constexpr std::string_view kNext =
    "create table next(t text default current_user, s text);\n"
    "insert into next(s) values ('a\\b');\n";

TEST_F(SessionReset, AfterAFileThatIsKept) {
  write("1_a.sql", mess());
  write("2_b.sql", kNext);
  expect_done(up(), {"1 applied", "2 applied"});
  EXPECT_EQ(left(), "");
  EXPECT_EQ(value("select t || s from next"), "postgresa\\b");
  EXPECT_EQ(value("select applied_by from schema_migrations where version = 1"), "postgres");
}

TEST_F(SessionReset, AfterAFileThatFails) {
  write("1_a.sql", mess() + "select wrong;\n");
  EXPECT_EQ(error_of(up()).sqlstate, "42703");
  EXPECT_EQ(left(), "");
  write("1_a.sql", "select 1;");
  write("2_b.sql", kNext);
  expect_done(up(), {"1 applied", "2 applied"});
}

TEST_F(SessionReset, AfterAFileOfSeveralSegments) {
  write("1_a.sql", "create table a(n int);\ncreate index concurrently i on a(n);\n" + mess());
  write("2_b.sql", "-- migrator: transaction off\n" + mess() + "select 1;\n");
  write("3_c.sql", kNext);
  expect_done(up(), {"1 applied", "2 applied", "3 applied"});
  EXPECT_EQ(left(), "");
  EXPECT_EQ(value("select t || s from next"), "postgresa\\b");
}

TEST_F(SessionReset, AfterAFileOfSeveralSegmentsThatFails) {
  write("1_a.sql", "-- migrator: transaction off\n" + mess() + "select wrong;\n");
  EXPECT_EQ(error_of(up()).sqlstate, "42703");
  EXPECT_EQ(left(), "");
  EXPECT_EQ(history(), std::vector<std::string>{"1 failed 15/16"});
}

// The settings ended with each segment: the second statement met another search_path than in psql.
TEST_F(SessionReset, SettingsHoldThroughAllSegmentsOfTheirFile) {
  write("1_a.sql", fmt::format("create schema s; grant all on schema s to {0};\n"
                               "set search_path = s;\nset session authorization {0};\n"
                               "create temporary table marks(n int);\n"
                               "create table a(n int);\ncreate index concurrently i on a(n);\n"
                               "insert into marks values (1);\ncreate table b(n int);\n"
                               "create index concurrently j on b(n);\n"
                               "reset session authorization;\nset role {0};\n"
                               "create index concurrently k on b(n);\ncreate table c(n int);\n",
                               role()));
  expect_done(up(), {"1 applied"});
  for (const std::string relation : {"s.a", "s.b", "s.c", "s.i", "s.j", "s.k"})
    EXPECT_EQ(
        value("select relowner::regrole from pg_class where oid = '" + relation + "'::regclass"),
        role());
  EXPECT_EQ(left(), "");
  EXPECT_EQ(value("select applied_by from schema_migrations"), "postgres");
}

TEST_F(SessionReset, SettingsHoldInAFileWithoutTransactions) {
  write(
      "1_a.sql",
      "-- migrator: transaction off\ncreate schema s;\nset search_path = s;\n"
      "set lock_timeout = '3s';\ncreate table a(t text default current_setting('lock_timeout'));\n"
      "insert into a default values;\n");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select t from s.a"), "3s");
}

// A file that went on in a new session met another search_path than its first half.
TEST_F(SessionReset, SettingsAreRepeatedWhenAFileGoesOn) {
  const std::string head =
      "create schema s;\nset search_path = s;\nset local work_mem = '2MB';\n"
      "select pg_catalog.set_config('my.own', 'mine', false);\nset role " +
      role() + ";\nreset role;\ncreate table a(n int);\ncreate index concurrently i on a(n);\n";
  const std::string tail =
      "create table b(t text default current_setting('my.own'));\n"
      "insert into b default values;\n";
  write("1_a.sql", head + "select wrong;\n" + tail);
  error_of(up());
  reconnect();
  write("1_a.sql", head + "select 1;\n" + tail);
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select t from s.b"), "mine");
  EXPECT_EQ(left(), "");

  const std::string again = "create index concurrently j on b(t);\n";
  write("2_b.sql", "set search_path = s;\nvacuum a;\nselect wrong;\n" + again);
  error_of(up());
  reconnect();
  write("2_b.sql", "set search_path = s;\nvacuum a;\nselect 1;\n" + again);
  expect_done(up(), {"2 applied"});
  EXPECT_TRUE(exists("s.j"));
}

// RESET ALL brought the database's own setting back, and the next file was read otherwise than it
// was cut.
TEST_F(SessionReset, BackslashesStayLiteralWhateverTheDatabaseSays) {
  sql("alter database " + database().name() + " set standard_conforming_strings = off");
  reconnect();
  write("1_a.sql", "create table a(t text);");
  write("2_b.sql", "insert into a values ('it''s\\');\ninsert into a values ('\\');\n");
  expect_done(up(), {"1 applied", "2 applied"});
  EXPECT_EQ(value("select string_agg(length(t)::text, ',') from a"), "5,1");
}

TEST_F(SessionReset, TheRoleOfTheConnectionIsTheOneThatOwns) {
  sql("grant all on schema public to " + role() + "; alter role " + role() + " login");
  const auto url = DatabaseUrl::parse(database().url().reveal() + "&user=" + role());
  connection() = Connection::open(url, {});
  write("1_a.sql", "create table a(n int);");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select applied_by from schema_migrations"), role());
}

TEST_F(SessionReset, OurTableIsFoundUnderAnEmptySearchPath) {
  sql("alter database " + database().name() + " set search_path = ''");
  reconnect();
  write("1_a.sql", "create table public.a(n int);");
  expect_done(up(), {"1 applied"});
  expect_done(up(), {});
}

// Our own limits came back before each segment, and a file could not lift them for the rest of it.
TEST_F(SessionReset, LimitsThatAFileSetsHoldThroughItsSegments) {
  options().statement_timeout = std::chrono::seconds(5);
  write(
      "1_a.sql",
      "set statement_timeout = '77s';\nset lock_timeout = '7s';\ncreate table a(s text, l text);\n"
      "create index concurrently i on a(s);\n"
      "insert into a values (current_setting('statement_timeout'), "
      "current_setting('lock_timeout'));");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select s || ' ' || l from a"), "77s 7s");
}

TEST_F(SessionReset, OnlyWhatRunsAloneWaitsForLocksWithoutLimit) {
  options().lock_timeout = std::chrono::milliseconds(1500);
  write("1_a.sql",
        "create table a(n int, l text);\nvacuum a;\n"
        "insert into a values (1, current_setting('lock_timeout'));\nvacuum a;\n"
        "insert into a values (2, current_setting('lock_timeout'));\n");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select string_agg(l, ' ' order by n) from a"), "1500ms 1500ms");
}

TEST_F(SessionReset, WhatOnlyValidatesWaitsForLocksWithoutLimit) {
  options().lock_timeout = std::chrono::milliseconds(100);
  options().tries = 1;
  sql("create table t(n int, constraint c check (n > 0) not valid)");
  write("1_v.sql", "alter table only public.t validate constraint c;");
  Connection holder = connect();
  run_command(holder, "begin; lock table t in share update exclusive mode");
  const std::jthread leaver([&] {
    wait_until([&] {
      return value(
                 "select count(*) from pg_locks where not granted and relation = 't'::regclass") ==
             "1";
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    run_command(holder, "rollback");
  });
  expect_done(up(), {"1 applied"});
}

TEST_F(SessionReset, WhatValidatesAmongOtherThingsGivesUp) {
  options().lock_timeout = std::chrono::milliseconds(100);
  options().tries = 1;
  sql("create table t(n int, constraint c check (n > 0) not valid)");
  write("1_v.sql", "alter table t add m int, validate constraint c;");
  Connection holder = connect();
  run_command(holder, "begin; lock table t in share update exclusive mode");
  EXPECT_EQ(error_of(up()).sqlstate, "55P03");
}

}  // namespace
}  // namespace migrator
