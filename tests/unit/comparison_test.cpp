#include "engine/plan/comparison.h"

#include <gtest/gtest.h>

#include "tests/support/projects.h"

namespace migrator {
namespace {

/// "1 applied, R__v pending": each entry in order.
std::string dump(const Project& project, const std::vector<AppliedMigration>& rows) {
  const History history{.exists = true, .rows = rows};
  std::string text;
  for (const Entry& entry : compare(project, history).entries) {
    if (!text.empty()) text += ", ";
    text += entry.id + " ";
    text += to_text(entry.standing);
  }
  return text;
}

AppliedMigration baseline_row(const Migration& migration) {
  AppliedMigration row = row_of(migration);
  row.kind = StepKind::baseline;
  return row;
}

AppliedMigration in_state(AppliedMigration row, StepState state) {
  row.state = state;
  return row;
}

class Compare : public ::testing::Test {
 protected:
  const Migration one_ = migration_of(1, "a", "create table a ();");
  const Migration two_ = migration_of(2, "b", "create table b ();");
  const Migration three_ = migration_of(3, "c", "create table c ();");
  const Migration view_ = repeatable_of("v", "create view v as select 1;");
  const Seed seed_ = seed_of("10_a.sql", "insert into a default values;");
  const Project project_{
      .migrations = {one_, two_, three_, view_}, .seeds = {seed_}, .findings = {}};
};

TEST_F(Compare, NothingAppliedIsAllPendingInOrder) {
  EXPECT_EQ(dump(project_, {}),
            "1 pending, 2 pending, 3 pending, R__v pending, seed/10_a.sql pending");
}

TEST_F(Compare, AllAppliedIsAllApplied) {
  EXPECT_EQ(
      dump(project_, {row_of(one_), row_of(two_), row_of(three_), row_of(view_), row_of(seed_)}),
      "1 applied, 2 applied, 3 applied, R__v applied, seed/10_a.sql applied");
}

TEST_F(Compare, BelowTheNewestAppliedIsLate) {
  EXPECT_EQ(dump(project_, {row_of(three_), row_of(view_), row_of(seed_)}),
            "1 late, 2 late, 3 applied, R__v applied, seed/10_a.sql applied");
}

TEST_F(Compare, BelowOneThatIsOnlyBegunIsLateAsWell) {
  EXPECT_EQ(dump({.migrations = {one_, two_}, .seeds = {}, .findings = {}},
                 {in_state(row_of(two_), StepState::started)}),
            "1 late, 2 half-done");
}

TEST_F(Compare, CommentsAreCosmeticAndWordsAreChanges) {
  const Project edited{.migrations = {migration_of(1, "a", "create table a (); -- so"),
                                      migration_of(2, "b", "create table b (x int);")},
                       .seeds = {},
                       .findings = {}};
  EXPECT_EQ(dump(edited, {row_of(one_), row_of(two_)}), "1 cosmetic, 2 changed");
}

TEST_F(Compare, ARepeatableThatDiffersIsPendingAgain) {
  const Project edited{.migrations = {repeatable_of("v", "create view v as select 2;")},
                       .seeds = {},
                       .findings = {}};
  EXPECT_EQ(dump(edited, {row_of(view_)}), "R__v pending");
  const Project commented{.migrations = {repeatable_of("v", "create view v as select 1; -- so")},
                          .seeds = {},
                          .findings = {}};
  EXPECT_EQ(dump(commented, {row_of(view_)}), "R__v cosmetic");
}

TEST_F(Compare, SeedsRunAgainAsTheirPolicySays) {
  const auto standing = [&](const std::string& before, const std::string& now) {
    return dump({.migrations = {}, .seeds = {seed_of("s.sql", now)}, .findings = {}},
                {row_of(seed_of("s.sql", before))});
  };
  const std::string once = "-- migrator: run once\n";
  const std::string always = "-- migrator: run always\n";
  EXPECT_EQ(standing("select 1;", "select 2;"), "seed/s.sql pending");
  EXPECT_EQ(standing("select 1;", "select 1; -- so"), "seed/s.sql cosmetic");
  EXPECT_EQ(standing(once + "select 1;", once + "select 2;"), "seed/s.sql applied");
  EXPECT_EQ(standing(always + "select 1;", always + "select 1;"), "seed/s.sql pending");
}

TEST_F(Compare, AFileThatIsGoneIsMissingBelowTheNewestFileAndAheadAboveIt) {
  const Project rest{.migrations = {two_}, .seeds = {}, .findings = {}};
  EXPECT_EQ(dump(rest, {row_of(one_), row_of(two_), row_of(three_)}),
            "1 missing, 2 applied, 3 ahead");
  EXPECT_EQ(dump({}, {row_of(one_), row_of(view_), row_of(seed_)}),
            "1 missing, R__v ahead, seed/10_a.sql ahead");
}

TEST_F(Compare, ARowThatIsNotFinishedIsHalfDoneWithOrWithoutItsFile) {
  for (const StepState state : {StepState::started, StepState::failed}) {
    const Project versioned{.migrations = {one_}, .seeds = {}, .findings = {}};
    EXPECT_EQ(dump(versioned, {in_state(row_of(one_), state)}), "1 half-done");
    EXPECT_EQ(dump({}, {in_state(row_of(one_), state)}), "1 half-done");
    const Project rest{.migrations = {view_}, .seeds = {seed_}, .findings = {}};
    EXPECT_EQ(dump(rest, {in_state(row_of(view_), state), in_state(row_of(seed_), state)}),
              "R__v half-done, seed/10_a.sql half-done");
  }
}

TEST_F(Compare, TheBaselineCoversWhatIsBelowIt) {
  EXPECT_EQ(dump(project_, {baseline_row(two_)}),
            "1 baseline, 2 baseline, 3 pending, R__v pending, seed/10_a.sql pending");
  // Its own text is nobody's concern: it was not applied from this file.
  AppliedMigration other = baseline_row(two_);
  other.checksums = {"x", "y"};
  const Project two{.migrations = {two_}, .seeds = {}, .findings = {}};
  EXPECT_EQ(dump(two, {other}), "2 baseline");
  EXPECT_EQ(dump({.migrations = {three_}, .seeds = {}, .findings = {}}, {baseline_row(two_)}),
            "2 baseline, 3 pending");
}

TEST_F(Compare, ABaselineAboveALateFileCoversItAndNoMore) {
  EXPECT_EQ(dump({.migrations = {one_, two_, three_}, .seeds = {}, .findings = {}},
                 {baseline_row(one_), row_of(three_)}),
            "1 baseline, 2 late, 3 applied");
}

TEST_F(Compare, AnEntryIsShownByItsFileOrByTheNameThatItWasAppliedUnder) {
  const History history{.exists = true, .rows = {row_of(one_), row_of(two_), row_of(seed_)}};
  const Project rest{.migrations = {two_}, .seeds = {}, .findings = {}};
  const Comparison comparison = compare(rest, history);
  ASSERT_EQ(comparison.entries.size(), 3U);
  EXPECT_EQ(comparison.entries[0].shown(), "1_a");
  EXPECT_EQ(comparison.entries[1].shown(), "migrations/2_b.sql");
  EXPECT_EQ(comparison.entries[2].shown(), "10_a.sql");
  EXPECT_EQ(comparison.count(Standing::applied), 1U);
}

TEST_F(Compare, ARepeatableWithoutItsFileIsShownById) {
  const History history{.exists = true, .rows = {row_of(view_)}};
  const Project empty;
  EXPECT_EQ(compare(empty, history).entries.at(0).shown(), "R__v");
}

}  // namespace
}  // namespace migrator
