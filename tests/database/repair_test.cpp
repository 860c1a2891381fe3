// Repair and baseline: what a person says about the database, and that the history remembers who
// said it and why.
#include <fmt/format.h>

#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Steps = std::vector<std::string>;

class Tending : public RunFixture {
 protected:
  void leave_half_done() {
    write("1_a.sql",
          "create table a(n int);\nvacuum a;\nselect wrong;\ninsert into a values (1);\n");
    error_of(up());
  }
  Finding refusal(const RepairRequest& request) {
    return expect_error(ErrorKind::usage, [&] { repair(request); });
  }
};

TEST_F(Tending, GoesOnAtTheStatementThatIsNamed) {
  leave_half_done();
  repair({.target = "1", .repair = Repair::resume_at, .statement = 4, .reason = "not needed"});
  EXPECT_EQ(history(), (Steps{"1 failed 3/4"}));
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select count(*) from a"), "1");
  EXPECT_PRED2(contains, value("select note from schema_migrations"), "by postgres: not needed");
}

TEST_F(Tending, GoesBackToAnEarlierStatement) {
  leave_half_done();
  sql("drop table a");
  repair({.target = "1_a.sql", .repair = Repair::resume_at, .statement = 1, .reason = "dropped"});
  write("1_a.sql", "create table a(n int);\nvacuum a;\ninsert into a values (1);\n");
  expect_done(up(), {"1 applied"});
}

TEST_F(Tending, TheEndIsAStatementToo) {
  leave_half_done();
  EXPECT_EQ(refusal({.target = "1", .repair = Repair::resume_at, .statement = 0, .reason = ""}).id,
            "bad-statement");
  EXPECT_EQ(refusal({.target = "1", .repair = Repair::resume_at, .statement = 6, .reason = ""}).id,
            "bad-statement");
  repair({.target = "1", .repair = Repair::resume_at, .statement = 5, .reason = "all by hand"});
  const RunReport report = up();
  expect_done(report, {"1 applied"});
  EXPECT_EQ(report.results.at(0).statements, 0u);
}

// The row kept the checksum of what had failed, and the next up called the file changed.
TEST_F(Tending, MarkedAppliedIsTheFileAsItStandsNow) {
  leave_half_done();
  write("1_a.sql", "create table a(n int);\n");
  repair({.target = "1", .repair = Repair::mark_applied, .statement = 0, .reason = "by hand"});
  const RunReport report = up();
  expect_done(report, {});
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(value("select applied_sql from schema_migrations"), "create table a(n int);\n");
}

TEST_F(Tending, MarksWhatWasNeverRun) {
  write("1_a.sql", "-- migrate:up\ncreate table a(n int);\n-- migrate:down\ndrop table a;\n");
  sql("create table a(n int)");
  repair({.target = "1", .repair = Repair::mark_applied, .statement = 0, .reason = "by hand"});
  EXPECT_EQ(history(), (Steps{"1 applied 1/1"}));
  EXPECT_PRED2(contains, value("select note from schema_migrations"), ": by hand");
  expect_done(up(), {});
  expect_done(down(), {"1 undone"});
  EXPECT_FALSE(exists("a"));
}

TEST_F(Tending, MarksWhatHasNoFileAnyMore) {
  leave_half_done();
  remove("1_a.sql");
  repair({.target = "1", .repair = Repair::mark_applied, .statement = 0, .reason = "by hand"});
  EXPECT_EQ(history(), (Steps{"1 applied 4/4"}));
  expect_done(up(), {});
}

TEST_F(Tending, AcceptsAnEditedFile) {
  write("1_a.sql", "create table a(n int);\n");
  up();
  write("1_a.sql", "create table a(n bigint);\n");
  EXPECT_EQ(up().head.exit_code, 1);
  sql("alter table a alter n type bigint");
  repair({.target = "migrations/1_a.sql",
          .repair = Repair::accept_file,
          .statement = 0,
          .reason = "altered by hand"});
  expect_done(up(), {});
  EXPECT_EQ(value("select applied_sql from schema_migrations"), "create table a(n bigint);\n");
}

// "seed/1_s.sql" was taken for migration 1.
TEST_F(Tending, ForgetsARow) {
  write("1_a.sql", "create table a(n int);\n");
  write_seed("1_s.sql", "insert into a values (1);");
  up({.seeds = true});
  repair({.target = "seed/1_s.sql", .repair = Repair::forget, .statement = 0, .reason = "again"});
  EXPECT_EQ(history(), (Steps{"1 applied 1/1"}));
  sql("drop table a");
  remove("1_a.sql");
  repair({.target = "0001_a.sql", .repair = Repair::forget, .statement = 0, .reason = "dropped"});
  write("1_a.sql", "create table a(n int);\n");
  expect_done(up({.seeds = true}), {"1 applied", "seed/1_s.sql applied"});
}

TEST_F(Tending, RefusesWhatDoesNotFit) {
  write("1_a.sql", "create table a(n int);\n");
  write("2_b.sql", "create table b(n int);\n");
  up({.to = Version{1}});
  EXPECT_EQ(refusal({.target = "9", .repair = Repair::forget, .statement = 0, .reason = ""}).id,
            "unknown-id");
  EXPECT_EQ(refusal({.target = "", .repair = Repair::forget, .statement = 0, .reason = ""}).id,
            "unknown-id");
  EXPECT_EQ(refusal({.target = "2", .repair = Repair::forget, .statement = 0, .reason = ""}).id,
            "not-applied");
  EXPECT_EQ(refusal({.target = "1", .repair = Repair::resume_at, .statement = 1, .reason = ""}).id,
            "not-half-done");
  remove("1_a.sql");
  EXPECT_EQ(
      refusal({.target = "1", .repair = Repair::accept_file, .statement = 0, .reason = ""}).id,
      "file-missing");
  EXPECT_EQ(history(), (Steps{"1 applied 1/1"}));
}

TEST_F(Tending, ABaselineStandsForWhatWasThere) {
  for (const std::string n : {"1", "2", "3"})
    write(n + "_t.sql", "create table t" + n + "(n int);");
  EXPECT_EQ(expect_error(ErrorKind::usage, [&] { baseline(7); }).id, "unknown-version");
  EXPECT_FALSE(exists("schema_migrations"));
  expect_done(baseline(2), {});
  EXPECT_EQ(value("select kind || ' ' || note from schema_migrations"),
            "baseline it was here before");
  expect_done(up(), {"3 applied"});
  EXPECT_FALSE(exists("t1"));
  EXPECT_EQ(expect_error(ErrorKind::usage, [&] { baseline(2); }).id, "baseline-too-old");
  EXPECT_EQ(history().size(), 2u);
}

}  // namespace
}  // namespace migrator
