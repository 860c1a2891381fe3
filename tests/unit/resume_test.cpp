#include "engine/plan/resume.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/projects.h"

namespace migrator {
namespace {

const std::string kText =
    "create table t ();\n"
    "create index concurrently i on t (a);\n"
    "select 3;\n"
    "select 4;\n";

const std::string kUnclear =
    "create table t ();\ndo $$ begin commit; end $$;\nselect 3;\nselect 4;\n";

Migration migration(const std::string& text) {
  return migration_of(1, "a", text, "do $$ begin commit; end $$;\ndrop table t;\n");
}

/// Where the file as it stands now goes on, when it stopped after `done` statements of kText.
Resume resume(std::size_t done, StepState state, const std::string& now) {
  const AppliedMigration row = stopped_row(migration(kText), StepAction::apply, done, state);
  const Migration on_disk = migration(now);
  const Entry entry{.id = "1", .name = "a", .migration = &on_disk, .applied = &row};
  return resume_point(entry, on_disk.up, cut_segments(on_disk.up).segments);
}

/// "2" or, refused, "changed@1": the first statement to run or the id and line of the finding.
std::string dump(const Resume& resume) {
  if (resume.findings.empty()) return std::to_string(resume.first_statement);
  return resume.findings[0].id + "@" + std::to_string(resume.findings[0].place.value().line);
}

TEST(Journal, HasALinePerStatementAndMarksWhatRunsAloneAndWhichWayItGoes) {
  const Part part = part_of("1_a.sql", kText);
  const auto journal = journal_of(part, cut_segments(part).segments, StepAction::apply);
  ASSERT_EQ(journal.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(journal[i].size(), i == 1 ? 64U + 6U : 64U) << i;
  EXPECT_TRUE(journal[1].ends_with(" alone"));
  const auto undo = journal_of(part, cut_segments(part).segments, StepAction::undo);
  EXPECT_EQ(undo[0], "undo " + journal[0]);
  EXPECT_EQ(undo[1], "undo " + journal[1]);
}

TEST(Journal, DoesNotCareForCommentsAndBlanks) {
  const Part one = part_of("1_a.sql", "select  1; -- so");
  const Part other = part_of("1_a.sql", "/* x */ select\n1");
  EXPECT_EQ(journal_of(one, {}, StepAction::apply), journal_of(other, {}, StepAction::apply));
}

TEST(ResumePoint, IsTheFirstStatementThatIsNotDone) {
  EXPECT_EQ(dump(resume(0, StepState::failed, kText)), "0");
  EXPECT_EQ(dump(resume(1, StepState::failed, kText)), "1");
  EXPECT_EQ(dump(resume(4, StepState::failed, kText)), "4");
}

TEST(ResumePoint, LetsTheRestBeEdited) {
  const std::string edited = "create table  t (); -- so\nselect 22; select 33;";
  EXPECT_EQ(dump(resume(1, StepState::failed, edited)), "1");
}

TEST(ResumePoint, RefusesWhenADoneStatementChangedAndPointsAtIt) {
  const std::string edited = "create table t ();\nselect 2;\nselect 3;\nselect 4;\n";
  EXPECT_EQ(dump(resume(2, StepState::failed, edited)), "done-statement-changed@2");
}

TEST(ResumePoint, RefusesWhenADoneStatementIsGoneAlsoWithAllOthers) {
  EXPECT_EQ(dump(resume(2, StepState::failed, "create table t ();\n")), "done-statement-changed@2");
  const Resume emptied = resume(1, StepState::failed, "-- nothing left\n");
  EXPECT_EQ(dump(emptied), "done-statement-changed@2");
  EXPECT_EQ(emptied.findings[0].message,
            "statement 1 of migrations/1_a.sql was run and kept, and is gone now");
}

TEST(ResumePoint, IsInDoubtOnlyWhenWhatRanAloneWasCutShort) {
  EXPECT_EQ(dump(resume(1, StepState::started, kUnclear)), "in-doubt@2");
  EXPECT_FALSE(resume(1, StepState::failed, kText).in_flight);
  // The server said that it failed.
  EXPECT_EQ(dump(resume(1, StepState::failed, kText)), "1");
  // A transaction that was open is rolled back.
  EXPECT_EQ(dump(resume(2, StepState::started, kText)), "2");
  // All done: only the end was not recorded.
  EXPECT_EQ(dump(resume(4, StepState::started, kText)), "4");
}

// It was called in doubt, though the catalog has the answer.
TEST(ResumePoint, LeavesToTheCatalogWhatItCanTell) {
  const Resume found = resume(1, StepState::started, kText);
  EXPECT_EQ(dump(found), "1");
  EXPECT_TRUE(found.in_flight);
  // Another statement stands there now: what was in flight is not known any more.
  EXPECT_EQ(dump(resume(1, StepState::started, kUnclear)), "in-doubt@2");
}

TEST(ResumePoint, OffersAWayForEachThingThatMayBeTrue) {
  const Finding finding = resume(1, StepState::started, kUnclear).findings.at(0);
  EXPECT_PRED2(contains, finding.next, "migrator repair 1 --resume-at 2 --reason WHY");
  EXPECT_PRED2(contains, finding.next, "migrator repair 1 --resume-at 3 --reason WHY");
  EXPECT_PRED2(contains, finding.next, "migrator repair 1 --mark-applied --reason WHY");
}

TEST(ResumePoint, OfAnUndoThatIsAllDoneIsToForgetIt) {
  const Migration on_disk = migration(kText);
  const AppliedMigration row = stopped_row(on_disk, StepAction::undo, 0, StepState::started);
  ASSERT_TRUE(row.undoing());
  const Entry entry{.id = "1", .name = "a", .migration = &on_disk, .applied = &row};
  const Resume undo = resume_point(entry, *on_disk.down, cut_segments(*on_disk.down).segments);
  EXPECT_EQ(dump(undo), "in-doubt@1");
  EXPECT_PRED2(contains, undo.findings[0].next, "migrator repair 1 --forget --reason WHY");
  EXPECT_PRED2(lacks, undo.findings[0].next, "--mark-applied");
}

TEST(FromStatement, CutsWhatIsDone) {
  const std::vector<Segment> all{{.first = 0, .count = 3}, {3, 1, false, "alone"}, {4, 2}};
  const auto left = [&](std::size_t first) {
    std::string text;
    for (const Segment& segment : from_statement(all, first))
      text += std::to_string(segment.first) + "+" + std::to_string(segment.count) + " ";
    return text;
  };
  EXPECT_EQ(left(0), "0+3 3+1 4+2 ");
  EXPECT_EQ(left(1), "1+2 3+1 4+2 ");
  EXPECT_EQ(left(3), "3+1 4+2 ");
  EXPECT_EQ(left(4), "4+2 ");
  EXPECT_EQ(left(5), "5+1 ");
  EXPECT_EQ(left(6), "");
}

}  // namespace
}  // namespace migrator
