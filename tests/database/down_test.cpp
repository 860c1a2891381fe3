// Undoing and doing again.
#include <fmt/format.h>

#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Steps = std::vector<std::string>;

class Down : public RunFixture {
 protected:
  void write_table(const std::string& n) {
    write(n + "_t.sql", fmt::format("-- migrate:up\ncreate table t{0}(n int);\n"
                                    "-- migrate:down\ndrop table t{0};\n",
                                    n));
  }
};

TEST_F(Down, UndoesTheNewestFirst) {
  for (const std::string n : {"1", "2", "3"}) write_table(n);
  up();
  expect_done(down(), {"3 undone"});
  expect_done(down({.steps = 2}), {"2 undone", "1 undone"});
  EXPECT_TRUE(history().empty());
  EXPECT_FALSE(exists("t1"));
  expect_done(down(), {});
  expect_done(up(), {"1 applied", "2 applied", "3 applied"});
}

TEST_F(Down, GoesBackToAVersion) {
  for (const std::string n : {"1", "2", "3"}) write_table(n);
  up();
  expect_done(down_to(3), {});
  expect_done(down_to(1), {"3 undone", "2 undone"});
  const RunReport unknown = down_to(2);
  EXPECT_EQ(unknown.head.exit_code, 2);
  EXPECT_EQ(ids_of(unknown.findings), Steps{"unknown-version"});
  expect_done(down_to(0), {"1 undone"});
  expect_done(down_to(0), {});
}

TEST_F(Down, TakesTheWayBackOutOfTheHistoryWhenTheFileIsGone) {
  write_table("1");
  write("2_t.up.sql", "create table t2(n int);");
  write("2_t.down.sql", "drop table t2;\nselect wrong;\n");
  up();
  remove("2_t.up.sql");
  remove("2_t.down.sql");
  const RunReport failed = down();
  EXPECT_EQ(failed.head.exit_code, 4);
  const Finding error = error_of(failed);
  EXPECT_PRED2(contains, error.place.value_or(Place{}).file, "from the history");
  EXPECT_EQ(error.place.value_or(Place{}).line, 2u);
  EXPECT_EQ(error.next, "mend the statement, then: migrator down");
  EXPECT_TRUE(exists("t2"));
  EXPECT_EQ(history(), (Steps{"1 applied 1/1", "2 applied 1/1"}));
  write("2_t.up.sql", "create table t2(n int);");
  write("2_t.down.sql", "drop table t2;\n");
  expect_done(down(), {"2 undone"});
  remove("1_t.sql");
  expect_done(down(), {"1 undone"});
  EXPECT_FALSE(exists("t1"));
}

TEST_F(Down, RefusesBeforeAnythingWhenOneOfThemHasNoWayBack) {
  write_table("1");
  write("2_t.sql", "create table t2(n int);");
  write_table("3");
  up();
  const RunReport refused = down({.steps = 3});
  EXPECT_EQ(refused.head.exit_code, 1);
  EXPECT_EQ(ids_of(refused.findings), Steps{"no-down"});
  EXPECT_EQ(history().size(), 3u);
  EXPECT_TRUE(exists("t3"));
}

TEST_F(Down, StopsAtTheBaseline) {
  write_table("1");
  write_table("2");
  write_table("3");
  sql("create table t1(n int); create table t2(n int)");
  expect_done(baseline(2), {});
  expect_done(up(), {"3 applied"});
  const RunReport report = down_to(0);
  expect_done(report, {"3 undone"});
  EXPECT_EQ(ids_of(report.findings), Steps{"baseline-reached"});
  EXPECT_EQ(down().head.exit_code, 1);
  EXPECT_TRUE(exists("t2"));
}

TEST_F(Down, GoesOnWhereAWayBackInSegmentsFailed) {
  write("1_t.up.sql", "create table a(n int);\ncreate index i on a(n);\ncreate index j on a(n);");
  write("1_t.down.sql",
        "drop index concurrently i;\ndrop index concurrently wrong;\ndrop table a;\n");
  up();
  const Finding error = error_of(down());
  EXPECT_EQ(error.place.value_or(Place{}).line, 2u);
  EXPECT_EQ(error.next, "mend the statement, then: migrator down (it goes on there)");
  EXPECT_EQ(history(), (Steps{"1 failed 1/3"}));
  EXPECT_FALSE(exists("i"));

  const RunReport forward = up();
  EXPECT_EQ(forward.head.exit_code, 4);
  EXPECT_EQ(find_finding(forward.findings, "half-done").next,
            "mend the statement that failed, then: migrator down");

  write("1_t.down.sql", "drop index concurrently i;\ndrop index concurrently j;\ndrop table a;\n");
  expect_done(down(), {"1 undone"});
  EXPECT_TRUE(history().empty());
  EXPECT_FALSE(exists("a"));
  expect_done(up(), {"1 applied"});
}

// The way out that was named would have called the undone file applied.
TEST_F(Down, AWayBackInDoubtIsRefusedAndCanBeForgotten) {
  write("1_t.up.sql", "create table a(n int);\ncreate index i on a(n);");
  write("1_t.down.sql", "do $$ begin commit; perform wrong(); end $$;\n");
  up();
  error_of(down());
  sql("update schema_migrations set state = 'started'");
  const RunReport report = down();
  EXPECT_EQ(report.head.exit_code, 4);
  const Finding doubt = find_finding(report.findings, "in-doubt");
  EXPECT_PRED2(contains, doubt.next, "--forget");
  EXPECT_PRED2(lacks, doubt.next, "--mark-applied");
  repair({.target = "1", .repair = Repair::forget, .statement = 0, .reason = "dropped by hand"});
  EXPECT_TRUE(history().empty());
}

TEST_F(Down, AHalfDoneFileIsUndoneByItsDownPart) {
  write("1_t.sql",
        "-- migrate:up\ncreate table a(n int);\nvacuum a;\nselect wrong;\n"
        "-- migrate:down\ndrop table a;\n");
  error_of(up());
  const RunReport report = down();
  expect_done(report, {"1 undone"});
  EXPECT_EQ(find_finding(report.findings, "half-done").message,
            "migrations/1_t.sql is half done (2 of 3 statements): its down part is run as a whole");
  EXPECT_FALSE(exists("a"));
  EXPECT_TRUE(history().empty());
}

TEST_F(Down, AHalfDoneFileStaysSoWhenItsDownPartFails) {
  const std::string half = "-- migrate:up\ncreate table a(n int);\nvacuum a;\nselect wrong;\n";
  write("1_t.sql", half + "-- migrate:down\ndrop table a, b;\n");
  error_of(up());
  error_of(down());
  EXPECT_EQ(history(), (Steps{"1 failed 2/3"}));

  // In segments it is half undone then: never applied, and never half done again.
  write("1_t.sql", half + "-- migrate:down\ndrop table b;\nvacuum a;\n");
  error_of(down());
  EXPECT_EQ(history(), (Steps{"1 failed 0/2"}));
  EXPECT_EQ(find_finding(up().findings, "half-done").next,
            "mend the statement that failed, then: migrator down");
  write("1_t.sql", half + "-- migrate:down\ndrop table a;\nvacuum;\n");
  expect_done(down(), {"1 undone"});
}

TEST_F(Down, AHalfDoneFileWithoutADownPartIsLeft) {
  write("1_t.sql", "create table a(n int);\nvacuum a;\nselect wrong;\n");
  error_of(up());
  const RunReport report = down();
  EXPECT_EQ(report.head.exit_code, 4);
  EXPECT_PRED2(contains, find_finding(report.findings, "half-done").next,
               "migrator repair 1 --forget --reason WHY");
  EXPECT_TRUE(exists("a"));
}

TEST_F(Down, AFailureKeepsTheRow) {
  write("1_t.sql", "-- migrate:up\ncreate table a(n int);\n-- migrate:down\ndrop table b;\n");
  up();
  const Finding error = error_of(down());
  EXPECT_EQ(error.sqlstate, "42P01");
  EXPECT_EQ(error.place.value_or(Place{}).line, 4u);
  EXPECT_EQ(history(), (Steps{"1 applied 1/1"}));
  EXPECT_EQ(value("select state from schema_migrations"), "applied");
}

TEST_F(Down, RepeatablesAreRunAgainAfterwards) {
  write("1_t.sql",
        "-- migrate:up\ncreate table a(n int);\n-- migrate:down\ndrop table a cascade;\n");
  write("R__v.sql", "create or replace view v as select * from a;");
  expect_done(up(), {"1 applied", "R__v applied"});
  expect_done(down(), {"1 undone"});
  EXPECT_TRUE(history().empty());
  EXPECT_FALSE(exists("v"));
  expect_done(up(), {"1 applied", "R__v applied"});
  EXPECT_TRUE(exists("v"));
}

TEST_F(Down, SeedsAreForgottenWithTheLastMigration) {
  write_table("1");
  write_table("2");
  write_seed("1_s.sql", "insert into t1 values (1);");
  expect_done(up({.seeds = true}), {"1 applied", "2 applied", "seed/1_s.sql applied"});
  expect_done(down(), {"2 undone"});
  EXPECT_EQ(history(), (Steps{"1 applied 1/1", "seed/1_s.sql applied 1/1"}));
  expect_done(down(), {"1 undone"});
  EXPECT_TRUE(history().empty());
  expect_done(up({.seeds = true}), {"1 applied", "2 applied", "seed/1_s.sql applied"});
  EXPECT_EQ(value("select count(*) from t1"), "1");
}

TEST_F(Down, RedoUndoesAndAppliesTheEditedFile) {
  for (const std::string n : {"1", "2", "3"}) write_table(n);
  write("R__v.sql", "create or replace view v as select 1 as n;");
  up({.to = Version{2}});
  write("2_t.sql", "-- migrate:up\ncreate table t2(n bigint);\n-- migrate:down\ndrop table t2;\n");
  // As with up --to, repeatables wait until nothing is pending.
  expect_done(redo(), {"2 undone", "2 applied"});
  EXPECT_EQ(value("select atttypid::regtype from pg_attribute where attrelid = 't2'::regclass and "
                  "attname = 'n'"),
            "bigint");
  expect_done(redo(2), {"2 undone", "1 undone", "1 applied", "2 applied"});
  EXPECT_FALSE(exists("t3"));
  EXPECT_EQ(value("select count(*) from pg_locks where locktype = 'advisory' and database = "
                  "(select oid from pg_database where datname = current_database())"),
            "0");
}

TEST_F(Down, RedoStopsWhereItCannotUndo) {
  write("1_t.sql", "-- migrate:up\ncreate table a(n int);\n-- migrate:down\ndrop table b;\n");
  up();
  const RunReport report = redo();
  EXPECT_EQ(steps_of(report), Steps{"1 failed"});
  EXPECT_TRUE(exists("a"));
  write("1_t.sql", "-- migrate:up\ncreate table a(wrong);\n-- migrate:down\ndrop table a;\n");
  EXPECT_EQ(steps_of(redo()), (Steps{"1 undone", "1 failed"}));
  EXPECT_TRUE(history().empty());
}

// The migration was undone first, and then could not be applied again.
TEST_F(Down, RedoRefusesBeforeItUndoesWhatItCannotApply) {
  write_table("1");
  write_table("2");
  up();
  remove("2_t.sql");
  RunReport report = redo();
  EXPECT_EQ(report.head.exit_code, 2);
  EXPECT_EQ(ids_of(report.findings), Steps{"unknown-version"});
  write_table("2");
  write("1_t.sql", "create table changed(n int);");
  report = redo();
  EXPECT_EQ(report.head.exit_code, 1);
  EXPECT_EQ(ids_of(report.findings), Steps{"changed"});
  write_table("1");
  write("3_t.sql", "select 'open;");
  EXPECT_EQ(redo().head.exit_code, 2);
  EXPECT_EQ(history(), (Steps{"1 applied 1/1", "2 applied 1/1"}));
  EXPECT_TRUE(exists("t2"));
}

// The rows were gone and the seeds counted as run, without a word.
TEST_F(Down, SaysThatSeedsDoNotKnowOfIt) {
  write_table("1");
  write_table("2");
  write_seed("s.sql", "insert into t2 values (1);");
  up({.seeds = true});
  EXPECT_EQ(ids_of(redo().findings), Steps{"seeds-stay"});
  EXPECT_EQ(ids_of(down().findings), Steps{"seeds-stay"});
}

// A late file that up refuses was applied on the way.
TEST_F(Down, RedoAppliesWhatItUndidAndNothingElse) {
  write_table("1");
  write_table("3");
  up();
  write_table("2");
  expect_done(redo(), {"3 undone", "3 applied"});
  EXPECT_FALSE(exists("t2"));
}

TEST_F(Down, AVersionThatNobodyKnowsIsASlipAlsoWithoutHistory) {
  write_table("1");
  EXPECT_EQ(down_to(5).head.exit_code, 2);
  expect_done(down_to(0), {});
}

// dbmate's option stands on the mark, and was lost with the file.
TEST_F(Down, TheKeptTextRemembersThatItRunsWithoutTransaction) {
  write("1_t.sql",
        "-- migrate:up\ncreate table t(n int);\n-- migrate:down transaction:false\n"
        "begin;\ndrop table t;\ncommit;\nselect 1;\n");
  up();
  remove("1_t.sql");
  expect_done(down(), {"1 undone"});
  EXPECT_FALSE(exists("t"));
}

TEST_F(Down, AFileWithMistakesIsNotUndoneByIt) {
  write_table("1");
  up();
  write("1_t.sql",
        "-- migrate:up\ncreate table t1(n int);\n-- migrate:down\ndrop table t1;\nselect 'open;\n");
  EXPECT_EQ(down().head.exit_code, 2);
  EXPECT_TRUE(exists("t1"));
  // Mistakes of other files are no reason to stay.
  write_table("1");
  write("2_t.sql", "select 'open;");
  expect_done(down(), {"1 undone"});
}

TEST_F(Down, RedoThatStopsHalfWaySaysHowToGoOn) {
  sql("create table gate(n int); insert into gate values (1)");
  write("1_a.sql", "-- migrate:up\ncreate table a(n int);\n-- migrate:down\ndrop table a;\n");
  write("2_b.sql",
        "-- migrate:up\ncreate table b as select 1 / count(*) as n from gate;\n"
        "-- migrate:down\ndrop table b;\n");
  expect_done(up(), {"1 applied", "2 applied"});
  sql("delete from gate");
  const RunReport report = redo();
  EXPECT_EQ(steps_of(report), (Steps{"2 undone", "2 failed"}));
  EXPECT_NE(error_of(report).next.find("migrator up (not redo"), std::string::npos);
  EXPECT_EQ(error_of(report).next.find("the same command"), std::string::npos);
}

TEST_F(Down, RedoOfNothingDoesNothing) {
  write_table("1");
  expect_done(redo(), {});
  EXPECT_FALSE(exists("schema_migrations"));
}

}  // namespace
}  // namespace migrator
