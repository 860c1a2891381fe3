// A plan that was carried out leaves nothing to do; and down undoes what up did: over random
// projects and histories. The seed is fixed: a failure comes back.
#include <gtest/gtest.h>

#include <algorithm>

#include <random>

#include "engine/plan/planner.h"
#include "tests/support/projects.h"

namespace migrator {
namespace {

constexpr int kRounds = 400;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::mt19937 engine_;
};

std::string random_sql(Dice& dice) {
  std::string sql;
  for (std::size_t n = dice.below(3) + 1; n > 0; --n) {
    const std::string table = "t" + std::to_string(dice.below(9));
    sql += dice.one_in(4) ? "create index concurrently on " + table + " (a);\n"
                          : "create table " + table + " ();\n";
  }
  return sql;
}

Project random_project(Dice& dice) {
  Project project;
  std::uint64_t version = 0;
  for (std::size_t n = dice.below(8); n > 0; --n) {
    version += 1 + dice.below(5);
    project.migrations.push_back(migration_of(version, "m", random_sql(dice), "drop table t;\n"));
  }
  for (std::size_t n = dice.below(3); n > 0; --n)
    project.migrations.push_back(repeatable_of("v" + std::to_string(n), random_sql(dice)));
  for (std::size_t n = dice.below(3); n > 0; --n)
    project.seeds.push_back(seed_of(std::to_string(n) + ".sql", random_sql(dice)));
  return project;
}

/// What some earlier run, of an older or a newer release, may have left.
History random_history(Dice& dice, const Project& project) {
  History history{.exists = true, .rows = {}};
  for (const Migration& migration : project.migrations) {
    if (dice.one_in(2)) continue;
    AppliedMigration row = row_of(migration);
    if (dice.one_in(5)) row.checksums.bytes = "edited";
    if (dice.one_in(5) && migration.repeatable) row.checksums.canonical = "edited";
    if (dice.one_in(6) && !migration.repeatable)
      row = stopped_row(migration, StepAction::apply, dice.below(migration.up.statement_count + 1),
                        StepState::failed);
    history.rows.push_back(row);
  }
  if (dice.one_in(4)) history.rows.push_back(row_of(migration_of(99, "ahead", "select 1;")));
  if (dice.one_in(4)) history.rows.push_back(row_of(seed_of("other/1.sql", "select 1;")));
  return history;
}

TEST(PlanProperty, APlanAppliedToItsOwnResultIsEmpty) {
  Dice dice(2026);
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const Project project = random_project(dice);
    const History before = random_history(dice, project);
    const UpTarget target{.order = OrderPolicy::any, .seeds = dice.one_in(2)};
    const Comparison comparison = compare(project, before);
    const Plan plan = plan_up(project, comparison, target, {});
    ASSERT_FALSE(plan.is_refused()) << plan.findings[0].message;
    const History done = after(plan, before);
    const Comparison compared_again = compare(project, done);
    ASSERT_TRUE(plan_up(project, compared_again, target, {}).is_empty());
    const bool has_versions = std::ranges::any_of(
        project.migrations, [](const Migration& migration) { return !migration.repeatable; });
    for (const Entry& entry : compared_again.entries)
      ASSERT_TRUE(entry.standing == Standing::applied || entry.standing == Standing::ahead ||
                  (entry.standing == Standing::missing && !has_versions) ||
                  entry.kind == StepKind::seed)
          << entry.id << " " << to_text(entry.standing);
  }
}

TEST(PlanProperty, StepByStepIsTheSameAsAllAtOnce) {
  Dice dice(7);
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const Project project = random_project(dice);
    const Comparison comparison = compare(project, {});
    const Plan all = plan_up(project, comparison, {}, {});
    History history;
    std::vector<std::string> ids;
    for (std::size_t guard = 0; guard < 20; ++guard) {
      const Comparison now = compare(project, history);
      const Plan one = plan_up(project, now, {.steps = 1}, {});
      if (one.is_empty()) break;
      for (const Step& step : one.steps) ids.push_back(step.id);
      history = after(one, history);
    }
    ASSERT_EQ(ids.size(), all.steps.size());
    for (std::size_t i = 0; i < ids.size(); ++i) ASSERT_EQ(ids[i], all.steps[i].id);
  }
}

TEST(PlanProperty, DownToZeroUndoesWhatUpDidNewestFirst) {
  Dice dice(11);
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const Project project = random_project(dice);
    const Comparison fresh = compare(project, {});
    const History up = after(plan_up(project, fresh, {}, {}), {});
    const Comparison applied = compare(project, up);
    const Plan down = plan_down(applied, {.to = Version{0}}, {});
    ASSERT_FALSE(down.is_refused());
    for (std::size_t i = 1; i < down.steps.size(); ++i)
      ASSERT_GT(down.steps[i - 1].version, down.steps[i].version);
    for (const AppliedMigration& row : after(down, up).rows)
      ASSERT_EQ(row.kind, StepKind::repeatable);
  }
}

}  // namespace
}  // namespace migrator
