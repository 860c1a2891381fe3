// What `down` would do, as "2 1 | no-down": the ids of the steps, then those of the findings.
#include <gtest/gtest.h>

#include "engine/plan/planner.h"
#include "tests/support/expect_error.h"
#include "tests/support/projects.h"

namespace migrator {
namespace {

std::string dump(const Plan& plan) {
  std::string text;
  for (const Step& step : plan.steps) text += (text.empty() ? "" : " ") + step.id;
  for (const Finding& finding : plan.findings) text += (text.empty() ? "| " : " | ") + finding.id;
  return text;
}

class PlanDown : public ::testing::Test {
 protected:
  Plan plan(const DownTarget& target = {}, const AppliedTexts& kept = {}) {
    history_.exists = true;
    comparison_ = compare(project_, history_);
    return plan_down(comparison_, target, kept);
  }

  const Migration one_ = migration_of(1, "a", "create table a ();", "drop table a;");
  const Migration two_ = migration_of(2, "b", "create table b ();", "drop table b;");
  const Migration three_ = migration_of(3, "c", "create table c ();", "drop table c;");
  const Migration view_ = repeatable_of("v", "create view v as select 1;");
  const Seed seed_ = seed_of("s.sql", "insert into a default values;");
  Project project_{.migrations = {one_, two_, three_, view_}, .seeds = {seed_}, .findings = {}};
  History history_{
      .exists = true,
      .rows = {row_of(one_), row_of(two_), row_of(three_), row_of(view_), row_of(seed_)}};
  Comparison comparison_;
};

TEST_F(PlanDown, UndoesTheNewestOfTheVersions) {
  const Plan down = plan();
  EXPECT_EQ(dump(down), "3");
  EXPECT_EQ(down.steps[0].action, StepAction::undo);
  EXPECT_EQ(down.steps[0].part, &*project_.migrations[2].down);
  EXPECT_EQ(down.steps[0].previous->run_id, "run-1");
  EXPECT_FALSE(down.steps[0].last_undo);
}

TEST_F(PlanDown, UndoesAsManyAsAsked) {
  EXPECT_EQ(dump(plan({.steps = 2})), "3 2");
  EXPECT_EQ(dump(plan({.steps = 9})), "3 2 1");
}

TEST_F(PlanDown, UndoesWhatIsNewerThanATarget) {
  EXPECT_EQ(dump(plan({.to = Version{1}})), "3 2");
  EXPECT_EQ(dump(plan({.to = Version{3}})), "");
  EXPECT_EQ(dump(plan({.to = Version{0}})), "3 2 1");
  EXPECT_EQ(dump(plan({.to = Version{7}})), "| unknown-version");
}

TEST_F(PlanDown, KnowsTheLastUndoOfAll) {
  const Plan all = plan({.to = Version{0}});
  EXPECT_FALSE(all.steps[0].last_undo);
  EXPECT_FALSE(all.steps[1].last_undo);
  EXPECT_TRUE(all.steps[2].last_undo);
}

TEST_F(PlanDown, SkipsWhatIsNotApplied) {
  history_.rows = {row_of(two_)};
  EXPECT_EQ(dump(plan({.steps = 2})), "2");
  history_.rows.clear();
  EXPECT_EQ(dump(plan()), "");
}

TEST_F(PlanDown, UndoesByTheHistoryWhenTheFileIsGone) {
  project_.migrations = {one_, two_};
  const Plan down = plan({.steps = 2}, {{"3", "drop table c_by_history;"}, {"2", "select 2;"}});
  EXPECT_EQ(dump(down), "3 2");
  EXPECT_EQ(down.steps[0].part, &down.recovered[0]);
  EXPECT_EQ(down.steps[0].part->text, "drop table c_by_history;");
  EXPECT_EQ(down.steps[0].part->file, "3_c (down, from the history)");
  EXPECT_EQ(down.steps[1].part, &*project_.migrations[1].down);
}

TEST_F(PlanDown, RefusesAllWhenOneHasNoWayBack) {
  project_.migrations[1].down.reset();
  const Plan down = plan({.steps = 3});
  EXPECT_EQ(dump(down), "3 | no-down");
  EXPECT_TRUE(down.is_refused());
  EXPECT_PRED2(contains, down.findings[0].next, "migrate:down");
  project_.migrations = {one_};
  EXPECT_PRED2(contains, plan().findings.at(0).next, "version control");
}

TEST_F(PlanDown, StopsAtTheBaseline) {
  history_.rows = {row_of(one_), row_of(two_)};
  history_.rows[0].kind = StepKind::baseline;
  const Plan down = plan({.to = Version{0}});
  EXPECT_EQ(dump(down), "2 | baseline-reached");
  EXPECT_FALSE(down.is_refused());
  EXPECT_FALSE(down.steps[0].last_undo);
  history_.rows.pop_back();
  EXPECT_TRUE(plan().is_refused());
}

TEST_F(PlanDown, UndoesAFileThatChangedByWhatItSaysNow) {
  history_.rows = {row_of(migration_of(1, "a", "create table other ();"))};
  const Plan down = plan();
  EXPECT_EQ(dump(down), "1");
  EXPECT_EQ(down.steps[0].checksums, history_.rows[0].checksums);
}

TEST_F(PlanDown, UndoesHalfAppliedFilesAsAWhole) {
  history_.rows[2].state = StepState::failed;
  const Plan down = plan();
  EXPECT_EQ(dump(down), "3 | half-done");
  EXPECT_FALSE(down.is_refused());
  EXPECT_TRUE(down.steps[0].of_half_done);
}

TEST_F(PlanDown, GoesOnWithWhatIsHalfUndone) {
  const Migration half =
      migration_of(4, "d", "create table d ();", "drop index concurrently i;\ndrop table d;\n");
  project_.migrations = {half};
  history_.rows = {stopped_row(half, StepAction::undo, 1, StepState::failed)};
  const Plan down = plan();
  EXPECT_EQ(dump(down), "4");
  EXPECT_EQ(down.steps[0].first_statement, 1U);
  ASSERT_EQ(down.steps[0].segments.size(), 1U);
  history_.rows = {stopped_row(half, StepAction::undo, 0, StepState::started)};
  EXPECT_EQ(dump(plan()), "4");
  EXPECT_TRUE(plan().steps[0].in_flight);
}

TEST_F(PlanDown, RefusesADownPartThatTheHistoryKeptBroken) {
  project_.migrations.clear();
  const Plan down = plan({}, {{"3", "drop table 'c"}});
  EXPECT_TRUE(down.is_refused());
}

}  // namespace
}  // namespace migrator
