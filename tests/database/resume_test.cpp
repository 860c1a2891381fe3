// Files of several segments: where a failure leaves them, where `up` goes on, and when it refuses
// to guess.
#include <fmt/format.h>

#include <thread>

#include "engine/pg/advisory_lock.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

using Steps = std::vector<std::string>;

class Resume : public RunFixture {
 protected:
  /// As if a migrator had died: the row says "started" with so many statements done.
  void leave_started(std::size_t done) {
    sql(fmt::format("update schema_migrations set state = 'started', statements_done = {}", done));
  }
};

constexpr std::string_view kSegmented =
    "create table a(n int);\n"
    "insert into a values ({0});\n"
    "create index concurrently {1} on a(n);\n"
    "insert into a values ({2});\n"
    "create index concurrently {3} on a(n);\n";

std::string segmented(std::string_view insert = "1", std::string_view index = "i",
                      std::string_view second = "2", std::string_view last = "j") {
  return fmt::format(kSegmented, insert, index, second, last);
}

TEST_F(Resume, RunsSegmentsAndForgetsTheirJournal) {
  write("1_a.sql", segmented());
  const RunReport report = up();
  expect_done(report, {"1 applied"});
  EXPECT_EQ(report.results.at(0).statements, 5u);
  EXPECT_EQ(history(), (Steps{"1 applied 5/5"}));
  EXPECT_EQ(value("select journal from schema_migrations"), "{}");
  EXPECT_EQ(value("select count(*) from pg_index where indisvalid and indrelid = 'a'::regclass"),
            "2");
}

TEST_F(Resume, GoesOnAfterAFailureInEachSegment) {
  write("2_after.sql", "create table after(n int);");
  write("1_a.sql", segmented("'x'"));
  Finding error = error_of(up());
  EXPECT_EQ(error.place.value_or(Place{}).line, 2u);
  EXPECT_EQ(error.kept, "nothing of migrations/1_a.sql");
  EXPECT_TRUE(history().empty());
  EXPECT_FALSE(exists("a"));

  write("1_a.sql", segmented("1", "i.x"));
  error = error_of(up());
  EXPECT_EQ(error.place.value_or(Place{}).line, 3u);
  EXPECT_PRED2(contains, error.next, "it goes on there");
  EXPECT_EQ(history(), (Steps{"1 failed 2/5"}));

  write("1_a.sql", segmented("1", "i", "'y'"));
  error = error_of(up());
  EXPECT_EQ(error.place.value_or(Place{}).line, 4u);
  EXPECT_PRED2(lacks, error.kept, "nothing of");
  EXPECT_EQ(history(), (Steps{"1 failed 3/5"}));

  write("1_a.sql", segmented("1", "i", "2", "j.y"));
  error = error_of(up());
  EXPECT_EQ(error.place.value_or(Place{}).line, 5u);
  EXPECT_EQ(history(), (Steps{"1 failed 4/5"}));

  write("1_a.sql", segmented());
  const RunReport report = up();
  expect_done(report, {"1 applied", "2 applied"});
  EXPECT_EQ(report.results.at(0).statements, 1u);
  EXPECT_EQ(value("select string_agg(n::text, ',' order by n) from a"), "1,2");
  EXPECT_TRUE(up().findings.empty());
}

// The rest of the file is one transaction, and "nothing of it" was said to be kept.
TEST_F(Resume, SaysWhatWasKeptWhenTheRestIsOneTransaction) {
  write("1_a.sql", "create table a(n int);\nvacuum a;\ninsert into a values ('x');\n");
  error_of(up());
  const Finding error = error_of(up());
  EXPECT_PRED2(lacks, error.kept, "nothing of");
  EXPECT_PRED2(contains, error.next, "it goes on there");
  EXPECT_EQ(history(), (Steps{"1 failed 2/3"}));
  write("1_a.sql", "create table a(n int);\nvacuum a;\ninsert into a values (1);\n");
  expect_done(up(), {"1 applied"});
}

TEST_F(Resume, RefusesWhenAStatementThatWasRunReadsOtherwise) {
  write("1_a.sql", segmented("1", "i", "'y'"));
  error_of(up());
  write("1_a.sql", segmented("7", "i", "2"));
  RunReport report = up();
  EXPECT_EQ(report.head.exit_code, 4);
  Finding finding = find_finding(report.findings, "done-statement-changed");
  EXPECT_EQ(finding.place.value_or(Place{}).line, 2u);
  EXPECT_PRED2(contains, finding.next, "migrator repair 1 --resume-at 4");
  EXPECT_PRED2(contains, finding.next, "migrator repair 1 --mark-applied");
  EXPECT_PRED2(contains, finding.detail, "--- applied\n+++ migrations/1_a.sql\n");
  EXPECT_EQ(history(), (Steps{"1 failed 3/5"}));
  // Comments are no change.
  write("1_a.sql", "-- mended\n" + segmented("1", "i", "2"));
  expect_done(up(), {"1 applied"});
}

// Reading the place of a statement of a file that has none went past its end.
TEST_F(Resume, RefusesWhenNothingIsLeftOfTheFile) {
  write("1_a.sql", segmented("1", "i", "'y'"));
  error_of(up());
  write("1_a.sql", "-- all gone\n");
  const RunReport report = up();
  EXPECT_EQ(report.head.exit_code, 4);
  EXPECT_PRED2(contains, find_finding(report.findings, "done-statement-changed").message,
               "is gone now");
}

TEST_F(Resume, RefusesWhenTheFileIsGone) {
  write("1_a.sql", segmented("1", "i", "'y'"));
  error_of(up());
  remove("1_a.sql");
  write("2_b.sql", "select 1;");
  const RunReport report = up();
  EXPECT_EQ(report.head.exit_code, 4);
  EXPECT_EQ(ids_of(report.findings), Steps{"half-done"});
}

TEST_F(Resume, AMigratorThatDiedInATransactionIsResumed) {
  write("1_a.sql", segmented("1", "i", "'y'"));
  error_of(up());
  write("1_a.sql", segmented());
  leave_started(3);
  expect_done(up(), {"1 applied"});
}

TEST_F(Resume, AMigratorThatDiedBehindTheLastStatementIsFinished) {
  write("1_a.sql", segmented());
  sql("create table j()");
  error_of(up());
  sql("drop table j; create index j on a(n)");
  leave_started(5);
  const RunReport report = up();
  expect_done(report, {"1 applied"});
  EXPECT_EQ(report.results.at(0).statements, 0u);
}

TEST_F(Resume, AMigratorThatDiedInAStatementAloneLeavesADoubt) {
  write("1_a.sql", segmented("1", "i.x"));
  write("2_b.sql", "create table b(n int);");
  error_of(up());
  write("1_a.sql", segmented());
  leave_started(2);
  RunReport report = up();
  EXPECT_EQ(report.head.exit_code, 4);
  EXPECT_TRUE(report.results.empty());
  const Finding doubt = find_finding(report.findings, "in-doubt");
  EXPECT_EQ(doubt.place.value_or(Place{}).line, 3u);
  EXPECT_PRED2(contains, doubt.next, "--resume-at 3");
  EXPECT_PRED2(contains, doubt.next, "--resume-at 4");
  EXPECT_FALSE(exists("b"));
  EXPECT_EQ(history(), (Steps{"1 started 2/5"}));
  EXPECT_EQ(up().head.exit_code, 4);

  repair({.target = "1", .repair = Repair::resume_at, .statement = 3, .reason = "no index there"});
  expect_done(up(), {"1 applied", "2 applied"});
}

// What another migrator was doing at that moment was called in doubt, instead of waiting for it.
TEST_F(Resume, AMigratorAtWorkIsWaitedForAndNotDoubted) {
  write("1_a.sql", segmented());
  sql("create table i()");
  error_of(up());
  leave_started(2);
  std::optional<Connection> worker = connect();
  std::optional<AdvisoryLock> lock(
      std::in_place, *worker, AdvisoryLock::key_of(database().name(), "public", table().table()),
      std::chrono::seconds(1), [](const OtherSession&, std::chrono::milliseconds) {});
  std::jthread finishing([&] {
    Connection look = connect();
    wait_until([&] {
      return !look.query(fmt::format(
                             "select from pg_stat_activity where application_name = 'test' and "
                             "query like '%pg_try_advisory_lock%' and state = 'idle' and "
                             "datname = current_database() and pid not in (pg_backend_pid(), {})",
                             worker->backend_pid()))
                  .empty();
    });  // it was refused once
    worker->query(
        "update schema_migrations set state = 'applied', journal = '{}', "
        "statements_done = 5");
    lock.reset();
  });
  const RunReport report = up();
  EXPECT_EQ(report.head.exit_code, 0);
  EXPECT_TRUE(report.others_worked);
}

// A statement that ran alone was done twice when writing that down had failed.
TEST_F(Resume, WhatCouldNotBeRecordedIsInDoubt) {
  write("1_a.sql", "create table a(n int);\n");
  up();
  sql("create function refuse() returns trigger language plpgsql as $$ begin "
      "if new.statements_done = 2 then raise exception 'audit says no'; end if; return new; end $$;"
      "create trigger audit before update on schema_migrations for each row "
      "execute function refuse()");
  write("2_b.sql",
        "insert into a values (1);\ndo $$ begin insert into a values (2); commit; end $$;\n");
  EXPECT_PRED2(contains, error_of(up()).message, "audit says no");
  EXPECT_EQ(history(), (Steps{"1 applied 1/1", "2 started 1/2"}));
  sql("drop function refuse() cascade");
  const RunReport report = up();
  EXPECT_EQ(report.head.exit_code, 4);
  EXPECT_EQ(find_finding(report.findings, "in-doubt").place.value_or(Place{}).line, 2u);
}

TEST_F(Resume, WhatTheCatalogKnowsIsNotAsked) {
  write("1_a.sql", segmented());
  sql("create table i()");
  error_of(up());
  sql("drop table i");
  leave_started(2);
  const RunReport not_done = up();
  expect_done(not_done, {"1 applied"});
  EXPECT_PRED2(contains, find_finding(not_done.results[0].notices, "examined").message,
               "run again");
}

TEST_F(Resume, WhatWasDoneWhenTheClientDiedIsNotDoneAgain) {
  write("1_a.sql", segmented("1", "i", "'x'"));
  error_of(up());
  leave_started(2);
  write("1_a.sql", segmented("1", "i", "3"));
  const RunReport report = up();
  expect_done(report, {"1 applied"});
  EXPECT_EQ(report.results[0].statements, 2u);
  ASSERT_EQ(report.results[0].notices.size(), 1u);
  EXPECT_PRED2(contains, report.results[0].notices[0].message, "was finished on the server")
      << report.results[0].notices[0].detail;
}

// It failed with "already exists", or IF NOT EXISTS accepted the invalid index.
TEST_F(Resume, AnInvalidIndexIsDroppedAndBuiltAgain) {
  write("1_a.sql",
        "create table a(n int);\ninsert into a values (1), (1);\n"
        "create unique index concurrently if not exists i on a(n);\n");
  EXPECT_EQ(error_of(up()).sqlstate, "23505");
  EXPECT_EQ(value("select indisvalid from pg_index where indexrelid = 'i'::regclass"), "f");
  sql("delete from a; insert into a values (1)");
  const RunReport report = up();
  expect_done(report, {"1 applied"});
  EXPECT_EQ(ids_of(report.results[0].notices), Steps{"healed"});
  EXPECT_EQ(value("select indisvalid from pg_index where indexrelid = 'i'::regclass"), "t");
}

// Nobody could rename or drop a file that had done nothing, and no other could be undone.
TEST_F(Resume, WhatKeptNothingLeavesNothing) {
  write("1_a.sql", "-- migrate:up\ncreate table a(n int);\n-- migrate:down\ndrop table a;\n");
  write("2_b.sql", "select wrong;\ncreate index concurrently i on a(n);\n");
  EXPECT_EQ(error_of(up()).kept,
            "nothing of migrations/2_b.sql; the step before it in this run is done");
  EXPECT_EQ(history(), (Steps{"1 applied 1/1"}));
  expect_done(down(), {"1 undone"});
}

TEST_F(Resume, AnUndoThatKeptNothingLeavesTheRowAsItWas) {
  write("1_a.sql",
        "-- migrate:up\ncreate table a(n int);\nselect 1;\nselect 2;\n"
        "-- migrate:down\nselect wrong;\nvacuum a;\n");
  up();
  error_of(down());
  EXPECT_EQ(history(), (Steps{"1 applied 3/3"}));
  EXPECT_TRUE(up().findings.empty());
}

// The way out that was named did not lead out.
TEST_F(Resume, RepairResumesBehindAStatementThatWasEdited) {
  write("1_a.sql", segmented("1", "i.x"));
  error_of(up());
  write("1_a.sql", segmented("7"));
  EXPECT_EQ(up().head.exit_code, 4);
  repair({.target = "1", .repair = Repair::resume_at, .statement = 3, .reason = "same thing"});
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select string_agg(n::text, ',' order by n) from a"), "1,2");
}

// A prepared statement outlives the rollback of a segment, and its second try met it.
TEST_F(Resume, ARetriedSegmentDoesNotMeetItself) {
  write("1_a.sql", "create table held(n int);\n");
  up();
  options().lock_timeout = std::chrono::milliseconds(60);
  options().first_pause = std::chrono::milliseconds(50);
  write("2_b.sql",
        "create table b(n int);\nvacuum b;\nprepare \"Q\" as select 1;\n"
        "alter table held add m int;\n");
  sql("begin; lock table held in access exclusive mode");
  std::jthread application([&] {
    wait_until([&] { return listener().times_waited >= 2; });
    sql("rollback");
  });
  expect_done(up(), {"2 applied"});
}

TEST_F(Resume, KilledInEachSegmentItComesToTheSameEnd) {
  const std::string file =
      "create table a(n int);\ninsert into a values (1);\n"
      "create index concurrently i on a(n);\n"
      "insert into a values (2);\n{}\n";
  write("1_a.sql", fmt::format(fmt::runtime(file), "select pg_sleep(20);"));
  std::jthread killer([&] {
    Connection look = connect();
    wait_until([&] {
      return !look.query(
                      "select pg_terminate_backend(pid) from pg_stat_activity where query like "
                      "'select pg_sleep%' and datname = current_database()")
                  .empty();
    });
  });
  const RunReport report = up();
  killer.join();
  EXPECT_EQ(report.head.exit_code, 3);
  EXPECT_EQ(error_of(report).id, "connection-lost");
  EXPECT_EQ(history(), (Steps{"1 started 3/5"}));
  EXPECT_EQ(value("select count(*) from a"), "1");
  reconnect();
  write("1_a.sql", fmt::format(fmt::runtime(file), "select 1;"));
  expect_done(up(), {"1 applied"});
  EXPECT_EQ(value("select count(*) from a"), "2");
}

TEST_F(Resume, TransactionOffRunsEachStatementAlone) {
  write("1_a.sql",
        "-- migrator: transaction off\ncreate table a(n int);\ninsert into a values (1);\n"
        "begin;\ninsert into a values (2);\nrollback;\nbegin;\ninsert into a values (3);\n"
        "commit;\ninsert into a values ('x');\n");
  error_of(up());
  EXPECT_EQ(history(), (Steps{"1 failed 8/9"}));
  EXPECT_EQ(value("select string_agg(n::text, ',') from a"), "1,3");
}

// The journal advanced inside the file's own transaction, before SET TRANSACTION could be said.
TEST_F(Resume, AFilesOwnTransactionIsLeftToIt) {
  write("1_a.sql",
        "-- migrator: transaction off\ncreate table a(n int);\nbegin;\n"
        "set transaction isolation level serializable;\nset local role pg_monitor;\ncommit;\n"
        "begin;\ninsert into a values (1);\ninsert into a values ('x');\ncommit;\n");
  error_of(up());
  EXPECT_EQ(value("select count(*) from a"), "0");
  EXPECT_EQ(history(), (Steps{"1 failed 5/9"}));
}

// It was said to be applied; the transaction and the next file's with it were lost at the end.
TEST_F(Resume, AFileMustEndTheTransactionThatItBegan) {
  write("1_a.sql",
        "-- migrator: transaction off\ncreate table a(n int);\nbegin;\n"
        "insert into a values (1);\n");
  write("2_b.sql", "create table b(n int);\n");
  const Finding error = error_of(up());
  EXPECT_EQ(error.id, "transaction-open");
  EXPECT_EQ(error.place.value_or(Place{}).line, 4u);
  EXPECT_EQ(history(), (Steps{"1 failed 1/3"}));
  EXPECT_FALSE(exists("b"));
}

TEST_F(Resume, AFilesBeginAndCommitBecomeOurs) {
  write("1_a.sql", "begin;\ncreate table a(n int);\ninsert into a values ('x');\ncommit;\n");
  EXPECT_EQ(error_of(up()).kept, "nothing of migrations/1_a.sql");
  EXPECT_FALSE(exists("a"));
  write("1_a.sql", "begin;\ncreate table a(n int);\ninsert into a values (1);\ncommit;\n");
  const RunReport report = up();
  expect_done(report, {"1 applied"});
  EXPECT_EQ(ids_of(report.findings), Steps{"own-transaction"});
}

TEST_F(Resume, TransactionControlIsRefusedBeforeAnythingRuns) {
  write("1_a.sql", "create table a(n int);\n");
  write("2_b.sql", "create table b(n int);\ncommit;\ncreate table c(n int);\n");
  write("3_c.sql", "-- migrator: transaction on\nvacuum a;\n");
  const RunReport report = up();
  EXPECT_EQ(report.head.exit_code, 2);
  EXPECT_TRUE(report.results.empty());
  const Finding control = find_finding(report.findings, "transaction-control");
  EXPECT_EQ(control.place.value_or(Place{}).file, "migrations/2_b.sql");
  EXPECT_EQ(control.place.value_or(Place{}).line, 2u);
  EXPECT_EQ(find_finding(report.findings, "statement-needs-no-transaction").place->line, 2u);
  EXPECT_FALSE(exists("a"));
  EXPECT_FALSE(exists("schema_migrations"));
}

}  // namespace
}  // namespace migrator
