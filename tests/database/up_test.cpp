// Applying: what is kept and told when files succeed, fail, change, come late or have seeds.
#include "engine/run/up.h"

#include "engine/pg/advisory_lock.h"
#include "engine/run/look.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Steps = std::vector<std::string>;

class Up : public RunFixture {};

/// Another session's hold of the migrators' lock.
AdvisoryLock hold_lock(Connection& connection, const HistoryTable& table) {
  return {connection, AdvisoryLock::key_of(connection.database(), table.schema(), table.table()),
          std::chrono::seconds(1), [](const OtherSession&, std::chrono::milliseconds) {}};
}

TEST_F(Up, AppliesEachMigrationWithItsRow) {
  write("1_a.sql", "-- migrate:up\ncreate table a(n int);\n-- migrate:down\ndrop table a;\n");
  write("2_b.up.sql", "create table b(n int);\ninsert into b values (1);");
  write("R__v.sql", "create or replace view v as select * from b;");
  expect_done(up(), {"1 applied", "2 applied", "R__v applied"});
  EXPECT_EQ(history(), (Steps{"1 applied 1/1", "2 applied 2/2", "R__v applied 1/1"}));
  EXPECT_EQ(value("select n from v"), "1");
  const auto rows = eye().query(
      "select down_sql, applied_sql, applied_by, application_host, duration > interval '0', "
      "finished_at >= started_at, note from schema_migrations where version = 1");
  EXPECT_EQ(rows.at(0), (Row{"drop table a;\n", "create table a(n int);\n", "postgres", "test-host",
                             "t", "t", ""}));
  EXPECT_EQ(value("select count(distinct run_id) from schema_migrations"), "1");
}

TEST_F(Up, NothingToDoTakesNoLockAndWritesNothing) {
  write("1_a.sql", "create table a(n int);");
  expect_done(up(), {"1 applied"});
  const AdvisoryLock held = hold_lock(eye(), table());
  sql("alter database " + database().name() + " set default_transaction_read_only = on");
  reconnect();
  options().lock_wait = std::chrono::milliseconds(0);
  expect_done(up(), {});
  expect_done(up_to(1), {});
  EXPECT_TRUE(listener().waits.empty());
}

TEST_F(Up, AnEmptyFolderMakesNoTable) {
  const AdvisoryLock held = hold_lock(eye(), table());
  options().lock_wait = std::chrono::milliseconds(0);
  expect_done(up(), {});
  expect_done(down(), {});
  EXPECT_FALSE(exists("schema_migrations"));
}

TEST_F(Up, AFailureKeepsWhatCameBeforeAndNothingOfItself) {
  write("1_a.sql", "create table a(n int);");
  write("2_b.sql", "create table b(n int);\n\ninsert into b\n  select näme, wrong from a;\n");
  write("3_c.sql", "create table c(n int);");
  const RunReport failed = up();
  EXPECT_EQ(steps_of(failed), (Steps{"1 applied", "2 failed"}));
  EXPECT_EQ(failed.head.exit_code, 4);
  const Finding error = error_of(failed);
  ASSERT_TRUE(error.place);
  EXPECT_EQ(error.place->file, "migrations/2_b.sql");
  EXPECT_EQ(error.place->line, 4u);
  EXPECT_EQ(error.place->column, 10u);
  EXPECT_EQ(error.place->source_line, "  select näme, wrong from a;");
  EXPECT_EQ(error.sqlstate, "42703");
  EXPECT_EQ(error.kept, "nothing of migrations/2_b.sql; the step before it in this run is done");
  EXPECT_EQ(error.next, "mend the statement, then: migrator up");
  EXPECT_EQ(history(), (Steps{"1 applied 1/1"}));
  EXPECT_FALSE(exists("b"));
  EXPECT_FALSE(exists("c"));

  write("2_b.sql", "create table b(n int);");
  expect_done(up(), {"2 applied", "3 applied"});
}

TEST_F(Up, AFailedColumnIsCountedInCharacters) {
  write("1_a.sql", "/* ünïcödé */ select 'é', wrong;");
  const Finding error = error_of(up());
  EXPECT_EQ(error.place.value_or(Place{}).column, 27u);
}

TEST_F(Up, ADeferredConstraintFailsTheWholeFile) {
  write("1_a.sql",
        "create table a(n int primary key);\n"
        "create table b(n int references a deferrable initially deferred);\n"
        "insert into b values (7);");
  const Finding error = error_of(up());
  EXPECT_EQ(error.sqlstate, "23503");
  EXPECT_EQ(error.detail.substr(0, 9), "Key (n)=(");
  EXPECT_PRED2(contains, error.context, "deferred");
  EXPECT_EQ(error.place.value_or(Place{}).file, "migrations/1_a.sql");
  EXPECT_EQ(error.kept, "nothing of migrations/1_a.sql");
  EXPECT_FALSE(exists("a"));
  EXPECT_TRUE(history().empty());
}

// The trigger ran after the reset of the file's settings, under those of nobody.
TEST_F(Up, ADeferredTriggerRunsUnderTheSettingsOfItsFile) {
  write("1_a.sql",
        "create schema s; set search_path = s;\n"
        "create table log(n text); create table a(n int);\n"
        "create function f() returns trigger language plpgsql as $$ begin\n"
        "  insert into log values (current_setting('lock_timeout')); return null; end $$;\n"
        "create constraint trigger t after insert on a deferrable initially deferred\n"
        "  for each row execute function f();\n"
        "insert into a values (1);");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select n from s.log"), "1s");
}

TEST_F(Up, NoticesBelongToTheirStatement) {
  write("1_a.sql",
        "select 1;\ndo $$ begin raise notice 'hello' using hint = 'wave'; end $$;\n"
        "create table if not exists a(n int);\ncreate table if not exists a(n int);\n"
        "do $$ begin raise warning 'careful'; end $$;");
  const RunReport report = up();
  expect_done(report, {"1 applied"});
  const auto& notices = report.results.at(0).notices;
  ASSERT_EQ(notices.size(), 3u);
  EXPECT_EQ(notices, listener().notices);
  EXPECT_EQ(notices[0].message, "hello");
  EXPECT_EQ(notices[0].hint, "wave");
  EXPECT_EQ(notices[0].place->line, 2u);
  EXPECT_EQ(notices[1].place->line, 4u);
  EXPECT_EQ(notices[2].place->line, 5u);
  EXPECT_EQ(notices[2].severity, Severity::warning);
}

// They were shown, and missing in the report.
TEST_F(Up, NoticesOfAFileThatFailsAreInTheReport) {
  write("1_a.sql", "do $$ begin raise warning 'careful'; end $$;\nselect 1/0;\n");
  const RunReport report = up();
  ASSERT_EQ(report.results.size(), 1U);
  ASSERT_EQ(report.results[0].notices.size(), 1U);
  EXPECT_EQ(report.results[0].notices[0].message, "careful");
}

TEST_F(Up, WhatCannotRunInATransactionIsToldTheWayOut) {
  write("1_a.sql",
        "create procedure p() language plpgsql as $$ begin commit; end $$;\ncall p();\n");
  EXPECT_PRED2(contains, error_of(up()).next, "-- migrator: transaction off");
}

TEST_F(Up, DoesWhatPsqlDoesBetweenStatements) {
  variables()["schema"] = "s";
  write("parts/t.sql", "create table :\"schema\".t (n int);\n\\copy s.t from rows.csv csv\n");
  write("parts/rows.csv", "1\n2\n");
  write("1_a.sql",
        "\\restrict key\ncreate schema :schema;\n\\ir parts/t.sql\n\\if :{?schema}\n"
        "insert into s.t values (3);\n\\else\nselect wrong;\n\\endif\n"
        "select 'create table s.' || quote_ident(n) || '()' from unnest(array['x', null, 'y']) n "
        "\\gexec\n"
        "\\echo done\n\\unrestrict key\n");
  std::filesystem::rename(project_folder() / "migrations/parts/rows.csv",
                          project_folder() / "rows.csv");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select string_agg(n::text, ',') from s.t"), "1,2,3");
  EXPECT_TRUE(exists("s.x") && exists("s.y"));
  EXPECT_EQ(listener().echoes, "done\n");
  EXPECT_TRUE(up().findings.empty());
  write("parts/t.sql", "create table :\"schema\".t (n bigint);\n\\copy s.t from rows.csv csv\n");
  const Finding changed = find_finding(up().findings, "changed");
  EXPECT_PRED2(contains, changed.detail, "+create table :\"schema\".t (n bigint);");
}

TEST_F(Up, AnErrorInAnIncludedFileHasItsPlaceThere) {
  write("parts/t.sql", "select 1;\nselect :what;\n");
  write("parts/rows.csv", "1\nx\n");
  write("1_a.sql", "\\set what nope\n\\ir parts/t.sql\n");
  const Finding error = error_of(up());
  EXPECT_EQ(error.place.value_or(Place{}).file, "migrations/parts/t.sql");
  EXPECT_EQ(error.place->line, 2U);
  EXPECT_EQ(error.place->column, 8U);
  EXPECT_EQ(error.statement, 2U);
  write("1_a.sql", "create table t(n int);\n\\copy t from parts/rows.csv csv\n");
  const Finding bad_row = error_of(up());
  EXPECT_EQ(bad_row.place.value_or(Place{}).file, "migrations/parts/rows.csv");
  EXPECT_EQ(bad_row.place->line, 2U);
  write("1_a.sql", "select 'select nope' \\gexec\n");
  EXPECT_PRED2(contains, error_of(up()).context, "in what \\gexec ran: select nope");
}

TEST_F(Up, ADownPartIsUndoneWithoutItsIncludedFiles) {
  write("parts/down.sql", "drop table a;\n");
  write("1_a.up.sql", "create table a(n int);\n");
  write("1_a.down.sql", "\\ir parts/down.sql\n");
  up();
  for (const char* gone : {"1_a.up.sql", "1_a.down.sql", "parts/down.sql"}) remove(gone);
  expect_done(down(), {"1 undone"});
  EXPECT_FALSE(exists("a"));
}

TEST_F(Up, AnErrorInAFunctionShowsItsCallers) {
  write("1_f.sql",
        "create function f(n int) returns int language plpgsql as $$\nbegin\n  return 1 / n;\n"
        "end $$;\nselect f(0);");
  const Finding error = error_of(up());
  EXPECT_EQ(error.sqlstate, "22012");
  EXPECT_EQ(error.place.value_or(Place{}).line, 5u);
  EXPECT_PRED2(contains, error.context, "PL/pgSQL function f(integer) line 3 at RETURN");
}

TEST_F(Up, CopyDataIsLoadedAndItsErrorsHaveTheirLine) {
  write("1_a.sql", "create table a(n int, t text);\ncopy a from stdin;\n1\tone\n2\ttwo\n\\.\n");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select string_agg(t, ',' order by n) from a"), "one,two");
  write("2_b.sql", "copy a from stdin;\n3\tthree\nfour\tfour\n\\.\nselect 1;\n");
  const Finding error = error_of(up());
  EXPECT_EQ(error.sqlstate, "22P02");
  EXPECT_EQ(error.place.value_or(Place{}).line, 3u);
  EXPECT_EQ(error.place.value_or(Place{}).source_line, "four\tfour");
  EXPECT_EQ(value("select count(*) from a"), "2");
}

TEST_F(Up, AChangedFileIsRefusedWithTheDifference) {
  write("1_a.sql", "create table a(n int);\n");
  expect_done(up(), {"1 applied"});
  write("1_a.sql", "create table a(n bigint);\n");
  write("2_b.sql", "create table b(n int);\n");
  const RunReport report = up();
  EXPECT_EQ(report.head.exit_code, 1);
  const Finding changed = find_finding(report.findings, "changed");
  EXPECT_PRED2(contains, changed.detail, "-create table a(n int);\n+create table a(n bigint);");
  EXPECT_FALSE(exists("b"));
  EXPECT_TRUE(report.results.empty());
}

TEST_F(Up, CosmeticChangesAreAcceptedOnce) {
  write("1_a.sql", "create table a(n int);\ninsert into a values (1);\n");
  expect_done(up(), {"1 applied"});
  write("1_a.sql",
        "\xEF\xBB\xBF-- why\r\ncreate table a (n int) ;\r\ninsert into a values (1);\r\n");
  const RunReport report = up();
  expect_done(report, {});
  EXPECT_EQ(find_finding(report.findings, "cosmetic").severity, Severity::note);
  const AdvisoryLock held = hold_lock(eye(), table());
  options().lock_wait = std::chrono::milliseconds(0);
  const RunReport silent = up();
  expect_done(silent, {});
  EXPECT_TRUE(silent.findings.empty());
}

TEST_F(Up, ALateFileIsRefusedUnlessAllowed) {
  write("1_a.sql", "create table a(n int);");
  write("3_c.sql", "create table c(n int);");
  expect_done(up(), {"1 applied", "3 applied"});
  write("2_b.sql", "create table b(n int);");
  const RunReport refused = up();
  EXPECT_EQ(refused.head.exit_code, 1);
  const Finding late = find_finding(refused.findings, "late");
  EXPECT_PRED2(contains, late.message, "migrations/2_b.sql");
  EXPECT_PRED2(contains, late.message, "migrations/3_c.sql");
  EXPECT_FALSE(exists("b"));
  expect_done(up({.order = OrderPolicy::any}), {"2 applied"});
}

TEST_F(Up, GoesAsFarAsTheTarget) {
  for (const std::string n : {"1", "2", "3", "4"})
    write(n + "_t.sql", "create table t" + n + "(n int);");
  write("R__v.sql", "create or replace view v as select 1 as n;");
  expect_done(up({.steps = 1}), {"1 applied"});
  expect_done(up_to(2), {"2 applied"});
  expect_done(up_to(1), {});
  const RunReport unknown = up_to(9);
  EXPECT_EQ(unknown.head.exit_code, 2);
  EXPECT_EQ(find_finding(unknown.findings, "unknown-version").message, "there is no migration 9");
  EXPECT_EQ(value("select count(*) from schema_migrations"), "2");
  expect_done(up({.to = Version{4}, .steps = 1}), {"3 applied"});
  expect_done(up(), {"4 applied", "R__v applied"});
}

TEST_F(Up, RepeatablesRunAgainWhenTheirStatementsChange) {
  write("R__v.sql", "create or replace view v as select 1 as n;");
  expect_done(up(), {"R__v applied"});
  write("R__v.sql", "-- a remark\ncreate or replace view v as select 1 as n;");
  expect_done(up(), {});
  EXPECT_TRUE(up().findings.empty());
  write("R__v.sql", "create or replace view v as select 2 as n;");
  expect_done(up(), {"R__v applied"});
  EXPECT_EQ(value("select n from v"), "2");
  EXPECT_EQ(history(), (Steps{"R__v applied 1/1"}));
  write("R__v.sql", "create or replace view v as select 3 as n; select wrong;");
  EXPECT_EQ(error_of(up()).kept, "nothing of migrations/R__v.sql");
  EXPECT_EQ(value("select n from v"), "2");
  EXPECT_EQ(history(), (Steps{"R__v applied 1/1"}));
}

TEST_F(Up, SeedsFollowTheirPolicy) {
  write("1_a.sql", "create table a(t text);");
  write_seed("1_change.sql", "insert into a values ('change');");
  write_seed("2_once.sql", "-- migrator: run once\ninsert into a values ('once');");
  write_seed("3_always.sql", "-- migrator: run always\ninsert into a values ('always');");
  const auto seeded = [&] { return value("select string_agg(t, ' ' order by ctid) from a"); };
  expect_done(up({.seeds = true}), {"1 applied", "seed/1_change.sql applied",
                                    "seed/2_once.sql applied", "seed/3_always.sql applied"});
  expect_done(seed(), {"seed/3_always.sql applied"});
  EXPECT_EQ(seeded(), "change once always always");
  write_seed("1_change.sql", "insert into a values ('changed');");
  write_seed("2_once.sql", "-- migrator: run once\ninsert into a values ('twice');");
  expect_done(seed(), {"seed/1_change.sql applied", "seed/3_always.sql applied"});
  expect_done(seed(true), {"seed/1_change.sql applied", "seed/2_once.sql applied",
                           "seed/3_always.sql applied"});
  EXPECT_EQ(seeded(), "change once always always changed always changed twice always");
}

TEST_F(Up, ReadOnlyIsToldBeforeAnything) {
  write("1_a.sql", "create table a(n int);");
  sql("alter database " + database().name() + " set default_transaction_read_only = on");
  reconnect();
  const Finding error = expect_error(ErrorKind::connection, [&] { up(); });
  EXPECT_EQ(error.id, "read-only");
  EXPECT_EQ(error.kept, "nothing was changed");
  EXPECT_FALSE(exists("schema_migrations"));
}

TEST_F(Up, LookingWritesNothingAndSaysWhatUpWouldDo) {
  write("1_a.sql", "create table a(n int);\ncreate index concurrently i on a(n);");
  sql("alter database " + database().name() + " set default_transaction_read_only = on");
  reconnect();
  const StatusReport before = status(connection(), table(), project(), OrderPolicy::strict);
  EXPECT_EQ(before.head.exit_code, 1);
  EXPECT_EQ(before.lines.at(0).standing, Standing::pending);
  const PlanReport planned = plan(connection(), table(), project(), {});
  ASSERT_EQ(planned.steps.at(0).segments.size(), 2u);
  EXPECT_FALSE(planned.steps[0].segments[1].transactional);
  EXPECT_EQ(check(connection(), table(), project(), OrderPolicy::strict).head.exit_code, 1);
}

TEST_F(Up, CommitsANewEnumLabelBeforeItIsUsed) {
  sql("create type mood as enum ('happy'); create table t(m mood)");
  write("1_a.sql",
        "alter type mood add value 'sad';\ncreate table u(n int);\n"
        "insert into t values ('sad');\n"
        "create view v as select * from t where m <> 'sad';\n"
        "alter type mood add value 'calm';\n"
        "copy t from stdin;\ncalm\n\\.\n"
        "alter type mood add value 'odd';\n"
        "do $$ begin insert into t select max(e) from unnest(enum_range(null::mood)) e; end $$;\n");
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select string_agg(m::text, ' ' order by m) from t"), "sad calm odd");
}

}  // namespace
}  // namespace migrator
