// What `up` would do, as "1 2 R__v | changed": the ids of the steps, then those of the findings.
#include "engine/plan/planner.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/projects.h"

namespace migrator {
namespace {

std::string dump(const Plan& plan) {
  std::string text;
  for (const Step& step : plan.steps) {
    if (!text.empty()) text += ' ';
    text += step.id;
    if (step.first_statement > 0) text += "+" + std::to_string(step.first_statement);
  }
  for (const Refresh& refresh : plan.refreshes) text += (text.empty() ? "~" : " ~") + refresh.id;
  for (const Finding& finding : plan.findings) text += (text.empty() ? "| " : " | ") + finding.id;
  return text;
}

class PlanUp : public ::testing::Test {
 protected:
  Plan plan(const UpTarget& target = {}) {
    history_.exists = true;
    comparison_ = compare(project_, history_);
    return plan_up(project_, comparison_, target, {});
  }

  const Migration one_ = migration_of(1, "a", "create table a ();", "drop table a;");
  const Migration two_ = migration_of(2, "b", "create table b ();");
  const Migration three_ = migration_of(3, "c", "create table c ();");
  const Migration view_ = repeatable_of("v", "create view v as select 1;");
  const Seed seed_ = seed_of("s.sql", "insert into a default values;");
  Project project_{.migrations = {one_, two_, three_, view_}, .seeds = {seed_}, .findings = {}};
  History history_;
  Comparison comparison_;
};

TEST_F(PlanUp, AppliesVersionsThenRepeatablesAndSeedsOnRequest) {
  EXPECT_EQ(dump(plan()), "1 2 3 R__v");
  EXPECT_EQ(dump(plan({.seeds = true})), "1 2 3 R__v seed/s.sql");
  EXPECT_EQ(dump(plan({.migrations = false, .seeds = true})), "seed/s.sql");
}

TEST_F(PlanUp, GivesSeedsTheirTurn) {
  const UpTarget all{.seeds = true}, seeds{.migrations = false, .seeds = true};
  project_.seeds = {seed_of("a.sql", "-- migrator: requires 2\nselect 1;"),
                    seed_of("b.sql", "select 1;"),
                    seed_of("c.sql", "-- migrator: requires 1\nselect 1;")};
  EXPECT_EQ(dump(plan(all)), "1 seed/c.sql 2 seed/a.sql 3 R__v seed/b.sql");
  EXPECT_EQ(dump(plan({.to = Version{2}, .seeds = true})), "1 seed/c.sql 2 seed/a.sql");
  EXPECT_EQ(dump(plan({.steps = 1, .seeds = true})), "1 seed/c.sql");
  history_.rows = {row_of(one_)};
  EXPECT_EQ(dump(plan(seeds)), "seed/c.sql seed/b.sql | seed-waits");
  EXPECT_EQ(dump(plan(all)), "seed/c.sql 2 seed/a.sql 3 R__v seed/b.sql");
  project_.seeds[2].after = {"seed/a.sql"};
  EXPECT_EQ(dump(plan(seeds)), "seed/b.sql | seed-waits | seed-waits");
  EXPECT_EQ(dump(plan(all)), "2 seed/a.sql seed/c.sql 3 R__v seed/b.sql");
  project_.seeds[0].after = {"seed/b.sql"};
  EXPECT_EQ(dump(plan(all)), "2 3 R__v seed/b.sql seed/a.sql seed/c.sql");
  project_.seeds = {seed_of("a.sql", "-- migrator: requires 7\nselect 1;")};
  EXPECT_EQ(dump(plan(seeds)), "| unknown-version");
}

TEST_F(PlanUp, CarriesWhatTheRunnerNeeds) {
  const Plan all = plan();
  const Step& step = all.steps.at(0);
  EXPECT_EQ(step.part, &project_.migrations[0].up);
  EXPECT_EQ(step.down, &*project_.migrations[0].down);
  EXPECT_EQ(step.version, Version{1});
  EXPECT_EQ(step.name, "a");
  EXPECT_EQ(step.checksums, one_.checksums);
  EXPECT_FALSE(step.previous.has_value());
  EXPECT_TRUE(step.atomic());
  EXPECT_EQ(all.steps.at(1).down, nullptr);
}

TEST_F(PlanUp, LeavesWhatIsApplied) {
  history_.rows = {row_of(one_)};
  EXPECT_EQ(dump(plan()), "2 3 R__v");
  history_.rows = {row_of(one_), row_of(two_), row_of(three_), row_of(view_), row_of(seed_)};
  EXPECT_TRUE(plan({.seeds = true}).is_empty());
}

TEST_F(PlanUp, StopsAtATargetAndKeepsWhatDependsOnAllForLater) {
  EXPECT_EQ(dump(plan({.to = Version{2}, .seeds = true})), "1 2");
  EXPECT_EQ(dump(plan({.to = Version{3}, .seeds = true})), "1 2 3 R__v seed/s.sql");
  EXPECT_EQ(dump(plan({.steps = 1})), "1");
  EXPECT_EQ(dump(plan({.steps = 3})), "1 2 3 R__v");
  EXPECT_EQ(dump(plan({.only = {"1", "2"}})), "1 2");
  project_.migrations = {one_, two_, view_};
  EXPECT_EQ(dump(plan({.only = {"1", "2"}})), "1 2 R__v");
}

TEST_F(PlanUp, RefusesATargetThatNobodyKnows) {
  EXPECT_EQ(dump(plan({.to = Version{7}})), "1 2 3 R__v | unknown-version");
  EXPECT_TRUE(plan({.to = Version{7}}).is_refused());
  EXPECT_TRUE(plan({.to = Version{0}}).is_refused());
}

TEST_F(PlanUp, ATargetThatIsAppliedIsNothingToDo) {
  history_.rows = {row_of(one_), row_of(two_)};
  EXPECT_TRUE(plan({.to = Version{1}}).is_empty());
  EXPECT_FALSE(plan({.to = Version{1}}).is_refused());
}

TEST_F(PlanUp, RefusesLateFilesUnlessTheOrderIsFree) {
  history_.rows = {row_of(three_)};
  EXPECT_EQ(dump(plan()), "1 2 R__v | late | late");
  EXPECT_TRUE(plan().is_refused());
  EXPECT_EQ(dump(plan({.order = OrderPolicy::any})), "1 2 R__v | late | late");
  EXPECT_FALSE(plan({.order = OrderPolicy::any}).is_refused());
}

TEST_F(PlanUp, LateFilesBeyondATargetAreNotItsConcern) {
  history_.rows = {row_of(three_)};
  EXPECT_EQ(dump(plan({.to = Version{1}})), "1 | late");
}

TEST_F(PlanUp, StartsBehindTheBaseline) {
  history_.rows = {row_of(two_)};
  history_.rows[0].kind = StepKind::baseline;
  EXPECT_EQ(dump(plan()), "3 R__v");
}

TEST_F(PlanUp, RefusesChangedFiles) {
  history_.rows = {row_of(migration_of(1, "a", "create table other ();"))};
  EXPECT_EQ(dump(plan()), "2 3 R__v | changed");
  EXPECT_TRUE(plan().is_refused());
}

TEST_F(PlanUp, TellsOfMissingAndAheadAndGoesOn) {
  project_.migrations = {two_};
  history_.rows = {row_of(one_), row_of(three_)};
  EXPECT_EQ(dump(plan({.order = OrderPolicy::any})), "2 | missing | late | ahead");
  EXPECT_FALSE(plan({.order = OrderPolicy::any}).is_refused());
}

TEST_F(PlanUp, RefreshesWhatDiffersInCommentsOnly) {
  history_.rows = {row_of(migration_of(1, "a", "create table a (); -- so")), row_of(two_),
                   row_of(three_), row_of(repeatable_of("v", "create view v as select 1; -- so")),
                   row_of(seed_of("s.sql", "insert into a default values; -- so"))};
  const Plan refreshing = plan({.seeds = true});
  EXPECT_EQ(dump(refreshing), "~1 ~R__v ~seed/s.sql | cosmetic | cosmetic | cosmetic");
  EXPECT_FALSE(refreshing.is_empty());
  EXPECT_EQ(refreshing.refreshes[0].checksums, one_.checksums);
  EXPECT_EQ(refreshing.refreshes[0].text, one_.up.text);
  history_ = after(refreshing, history_);
  EXPECT_TRUE(plan({.seeds = true}).is_empty());
}

TEST_F(PlanUp, RunsChangedRepeatablesAndSeedsAgainOverTheirRows) {
  history_.rows = {row_of(one_), row_of(two_), row_of(three_),
                   row_of(repeatable_of("v", "create view v as select 0;")),
                   row_of(seed_of("s.sql", "select 0;"))};
  const Plan again = plan({.seeds = true});
  EXPECT_EQ(dump(again), "R__v seed/s.sql");
  EXPECT_EQ(again.steps[0].previous->run_id, "run-1");
}

TEST_F(PlanUp, RunsSeedsAgainOnRequest) {
  history_.rows = {row_of(one_), row_of(two_), row_of(three_), row_of(view_), row_of(seed_)};
  EXPECT_EQ(dump(plan({.migrations = false, .seeds = true, .seeds_again = true})), "seed/s.sql");
}

TEST_F(PlanUp, RefusesWhenTheFilesHaveErrorsAndTellsTheirWarnings) {
  project_.findings = {{.severity = Severity::warning, .id = "unknown-file", .message = "x"},
                       {.id = "duplicate-version", .message = "y"}};
  EXPECT_EQ(dump(plan()), "1 2 3 R__v | unknown-file | duplicate-version");
  EXPECT_TRUE(plan().is_refused());
}

TEST_F(PlanUp, RefusesWhatASegmentForbids) {
  project_.migrations = {migration_of(4, "d", "select 1; commit; select 2;")};
  EXPECT_EQ(dump(plan()), "4 | transaction-control");
}

class PlanUpHalfDone : public PlanUp {
 protected:
  PlanUpHalfDone() { project_ = {.migrations = {half_}, .seeds = {}, .findings = {}}; }

  const Migration half_ = migration_of(4, "d",
                                       "create table d ();\ncreate index concurrently i on d (a);\n"
                                       "select 3;\nselect 4;\n",
                                       "drop index concurrently i;\ndrop table d;\n");
};

TEST_F(PlanUpHalfDone, GoesOnBehindWhatIsDone) {
  history_.rows = {stopped_row(half_, StepAction::apply, 1, StepState::failed)};
  const Plan rest = plan();
  EXPECT_EQ(dump(rest), "4+1");
  EXPECT_EQ(rest.steps[0].previous->run_id, "run-1");
  ASSERT_EQ(rest.steps[0].segments.size(), 2U);
  EXPECT_EQ(rest.steps[0].segments[0].first, 1U);
  EXPECT_FALSE(rest.steps[0].atomic());
  history_.rows = {stopped_row(half_, StepAction::apply, 3, StepState::started)};
  EXPECT_EQ(dump(plan()), "4+3");
  EXPECT_TRUE(plan().steps[0].atomic());
}

TEST_F(PlanUpHalfDone, AFileThatIsAllDoneHasOnlyItsEndToRecord) {
  history_.rows = {stopped_row(half_, StepAction::apply, 4, StepState::started)};
  EXPECT_EQ(dump(plan()), "4+4");
  EXPECT_TRUE(plan().steps[0].segments.empty());
}

TEST_F(PlanUpHalfDone, AsksWhatToDecideWhenInDoubt) {
  history_.rows = {stopped_row(half_, StepAction::apply, 1, StepState::started)};
  EXPECT_TRUE(plan().steps.at(0).in_flight);
  project_.migrations = {migration_of(4, "d", "create table d ();\ndo $$ begin commit; end $$;")};
  EXPECT_EQ(dump(plan()), "4+1 | in-doubt");
  EXPECT_TRUE(plan().is_refused());
}

TEST_F(PlanUpHalfDone, NeedsTheFile) {
  history_.rows = {stopped_row(half_, StepAction::apply, 1, StepState::failed)};
  project_.migrations.clear();
  EXPECT_EQ(dump(plan()), "| half-done");
}

TEST_F(PlanUpHalfDone, DoesNotApplyWhatIsHalfUndone) {
  history_.rows = {stopped_row(half_, StepAction::undo, 1, StepState::failed)};
  EXPECT_EQ(dump(plan()), "| half-done");
  EXPECT_PRED2(contains, plan().findings[0].next, "migrator down");
}

}  // namespace
}  // namespace migrator
