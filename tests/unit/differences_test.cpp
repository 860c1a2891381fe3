#include "engine/plan/differences.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/projects.h"

namespace migrator {
namespace {

const std::string kText = "create table a ();\ncreate index concurrently i on a (x);\n";

/// What is said of one migration, beside a newer one that is applied.
std::vector<Finding> say(const std::vector<Migration>& migrations,
                         const std::vector<AppliedMigration>& rows, const AppliedTexts& texts = {},
                         OrderPolicy order = OrderPolicy::strict) {
  const Project project{.migrations = migrations, .seeds = {}, .findings = {}};
  const History history{.exists = true, .rows = rows};
  return findings_of(compare(project, history), texts, order);
}

const Migration one = migration_of(1, "a", kText, "drop index concurrently i;\ndrop table a;\n");
const Migration two = migration_of(2, "b", "create table b ();");

TEST(Differences, SayNothingOfWhatIsAppliedOrBelowTheBaseline) {
  AppliedMigration baseline = row_of(one);
  baseline.kind = StepKind::baseline;
  EXPECT_TRUE(say({one, two}, {baseline, row_of(two)}).empty());
}

TEST(Differences, Pending) {
  const Finding finding = say({one}, {}).at(0);
  EXPECT_EQ(finding.severity, Severity::warning);
  EXPECT_EQ(finding.id, "pending");
  EXPECT_EQ(finding.message, "migrations/1_a.sql is not applied");
  EXPECT_EQ(finding.next, "migrator up");
}

TEST(Differences, ARepeatableThatDiffers) {
  const Finding finding =
      say({repeatable_of("v", "select 2")}, {row_of(repeatable_of("v", "select 1"))}).at(0);
  EXPECT_EQ(finding.id, "pending");
  EXPECT_EQ(finding.message, "migrations/R__v.sql differs from what was run last");
}

TEST(Differences, ASeedThatRunsAlwaysIsNoFault) {
  const Seed seed = seed_of("a.sql", "-- migrator: run always\nselect 1;");
  const Project project{.migrations = {}, .seeds = {seed}, .findings = {}};
  const History history{.exists = true, .rows = {row_of(seed)}};
  const auto findings = findings_of(compare(project, history), {}, OrderPolicy::strict);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_EQ(findings[0].message, "seeds/a.sql runs with every migrator seed");
}

TEST(Differences, LateNamesBothFiles) {
  const Finding finding = say({one, two}, {row_of(two)}).at(0);
  EXPECT_EQ(finding.severity, Severity::error);
  EXPECT_EQ(finding.message, "migrations/1_a.sql is late: migrations/2_b.sql is applied");
  EXPECT_PRED2(contains, finding.next, "migrator up --allow-late");
}

TEST(Differences, LateIsANoteWhereTheOrderIsFree) {
  const Finding finding = say({one, two}, {row_of(two)}, {}, OrderPolicy::any).at(0);
  EXPECT_EQ(finding.severity, Severity::note);
  EXPECT_EQ(finding.id, "late");
  EXPECT_EQ(finding.next, "");
}

TEST(Differences, ChangedShowsTheDiffAndTwoWaysOut) {
  const Migration edited = migration_of(1, "a", "create table a (x int);\n");
  const Finding finding = say({edited}, {row_of(one)}, {{"1", kText}}).at(0);
  EXPECT_EQ(finding.id, "changed");
  EXPECT_EQ(finding.message, "migrations/1_a.sql was changed after it was applied");
  EXPECT_EQ(finding.detail,
            "--- applied\n+++ migrations/1_a.sql\n@@ -1,2 +1,1 @@\n-create table a ();\n"
            "-create index concurrently i on a (x);\n+create table a (x int);\n");
  EXPECT_PRED2(contains, finding.next, "\n  migrator new NAME\n");
  EXPECT_PRED2(contains, finding.next, "\n  migrator repair 1 --accept-file --reason WHY");
}

TEST(Differences, ChangedSaysWhenThereIsNoTextToCompareWith) {
  const Migration edited = migration_of(1, "a", "create table a (x int);\n");
  EXPECT_PRED2(contains, say({edited}, {row_of(one)}).at(0).detail, "too long to keep");
}

TEST(Differences, MissingIsAWarningAndAheadANote) {
  const Finding missing = say({two}, {row_of(one), row_of(two)}).at(0);
  EXPECT_EQ(missing.severity, Severity::warning);
  EXPECT_EQ(missing.message, "1_a is applied, but its file is gone");
  EXPECT_NE(missing.next, "");
  const Finding ahead = say({one}, {row_of(one), row_of(two)}).at(0);
  EXPECT_EQ(ahead.severity, Severity::note);
  EXPECT_EQ(
      ahead.message,
      "2_b is applied, and newer than all of these files: another release did it, or its file is "
      "gone");
}

TEST(Differences, OtherEnvironmentsSeedsAndRetiredRepeatablesAreNobodysConcern) {
  EXPECT_TRUE(
      say({}, {row_of(seed_of("x.sql", "select 1")), row_of(repeatable_of("v", "select 1"))})
          .empty());
}

TEST(Differences, Cosmetic) {
  const Finding finding = say({migration_of(1, "a", kText + "-- so\n")}, {row_of(one)}).at(0);
  EXPECT_EQ(finding.severity, Severity::note);
  EXPECT_EQ(finding.message,
            "migrations/1_a.sql differs from what was applied in comments or blanks only");
}

struct HalfDone {
  std::string name;
  StepAction action = StepAction::apply;
  std::size_t done = 0;
  StepState state = StepState::failed;
  std::string message;
  std::string detail;
  std::string next;
};

class HalfDoneSentence : public ::testing::TestWithParam<HalfDone> {};

TEST_P(HalfDoneSentence, SaysHowFarAndWhatNext) {
  const HalfDone& expected = GetParam();
  const Finding finding =
      say({one}, {stopped_row(one, expected.action, expected.done, expected.state)}).at(0);
  EXPECT_EQ(finding.severity, Severity::error);
  EXPECT_EQ(finding.id, "half-done");
  EXPECT_EQ(finding.message, expected.message);
  EXPECT_EQ(finding.detail, expected.detail);
  EXPECT_EQ(finding.next, expected.next);
}

INSTANTIATE_TEST_SUITE_P(
    Table, HalfDoneSentence,
    ::testing::Values(
        HalfDone{"failed", StepAction::apply, 1, StepState::failed,
                 "migrations/1_a.sql is half done",
                 "1 of 2 statements kept, and statement 2 failed",
                 "mend the statement that failed, then: migrator up"},
        HalfDone{"left", StepAction::apply, 1, StepState::started,
                 "migrations/1_a.sql is half done",
                 "1 of 2 statements kept, and statement 2 was running when its migrator left",
                 "migrator up goes on from there, or asks what to decide"},
        HalfDone{"not_recorded", StepAction::apply, 2, StepState::started,
                 "migrations/1_a.sql is half done",
                 "every statement is kept; only that it finished is not recorded",
                 "migrator up goes on from there, or asks what to decide"},
        HalfDone{"undoing", StepAction::undo, 1, StepState::failed,
                 "migrations/1_a.sql is half undone",
                 "1 of 2 statements kept, and statement 2 failed",
                 "mend the statement that failed, then: migrator down"}),
    [](const auto& test) { return test.param.name; });

TEST(Differences, HalfDoneWithoutItsFileAsksForTheFile) {
  const Finding finding =
      say({}, {stopped_row(one, StepAction::apply, 1, StepState::failed)}).at(0);
  EXPECT_EQ(finding.message, "1_a is half done");
  EXPECT_EQ(finding.next, "bring its file back from version control, then: migrator up");
}

}  // namespace
}  // namespace migrator
