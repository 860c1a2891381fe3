#include "tests/support/projects.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/plan/resume.h"

namespace migrator {
namespace {

AppliedMigration row(std::string id, StepKind kind, std::string name, const Part& part,
                     Checksums checksums) {
  return {.id = std::move(id),
          .kind = kind,
          .name = std::move(name),
          .checksums = std::move(checksums),
          .statements_done = part.statement_count,
          .statements_total = part.statement_count,
          .started_at = "2026-11-22T10:00:00.123Z",
          .finished_at = "2026-11-22T10:00:01.000Z",
          .run_id = "run-1"};
}

void carry_out(const Step& step, std::vector<AppliedMigration>& rows) {
  std::erase_if(rows, [&](const AppliedMigration& known) { return known.id == step.id; });
  if (step.action == StepAction::undo) return;
  AppliedMigration applied = row(step.id, step.kind, step.name, *step.part, step.checksums);
  applied.version = step.version;
  applied.has_down = step.down != nullptr;
  rows.push_back(std::move(applied));
}

}  // namespace

Part part_of(std::string file, std::string sql) {
  std::vector<Finding> findings;
  Part part = part_from_text(std::move(file), std::move(sql), {}, findings);
  for (const Finding& finding : findings) ADD_FAILURE() << part.file << ": " << finding.message;
  return part;
}

Migration migration_of(std::uint64_t version, const std::string& name, const std::string& up,
                       const std::optional<std::string>& down) {
  const std::string file = "migrations/" + std::to_string(version) + "_" + name;
  Migration migration{.version = {version},
                      .name = name,
                      .up = part_of(file + ".sql", up),
                      .checksums = checksums_of(up)};
  if (down) migration.down = part_of(file + ".down.sql", *down);
  return migration;
}

Migration repeatable_of(const std::string& name, const std::string& sql) {
  return {.version = {},
          .name = name,
          .repeatable = true,
          .up = part_of("migrations/R__" + name + ".sql", sql),
          .checksums = checksums_of(sql)};
}

Seed seed_of(const std::string& name, const std::string& sql) {
  return {.name = name, .part = part_of("seeds/" + name, sql), .checksums = checksums_of(sql)};
}

AppliedMigration row_of(const Migration& migration) {
  AppliedMigration applied =
      row(migration.id(), migration.repeatable ? StepKind::repeatable : StepKind::versioned,
          migration.name, migration.up, migration.checksums);
  if (!migration.repeatable) applied.version = migration.version;
  return applied;
}

AppliedMigration row_of(const Seed& seed) {
  return row(seed.id(), StepKind::seed, seed.name, seed.part, seed.checksums);
}

AppliedMigration stopped_row(const Migration& migration, StepAction action, std::size_t done,
                             StepState state) {
  const Part& part = action == StepAction::undo ? migration.down.value() : migration.up;
  AppliedMigration stopped = row_of(migration);
  stopped.state = state;
  stopped.statements_done = done;
  stopped.statements_total = part.statement_count;
  stopped.journal = journal_of(part, cut_segments(part).segments, action);
  stopped.finished_at.clear();
  return stopped;
}

History after(const Plan& plan, History history) {
  history.exists = true;
  for (const Step& step : plan.steps) carry_out(step, history.rows);
  for (const Refresh& refresh : plan.refreshes)
    for (AppliedMigration& known : history.rows)
      if (known.id == refresh.id) known.checksums = refresh.checksums;
  std::ranges::sort(history.rows, {}, [](const AppliedMigration& r) {
    return std::pair(r.version.value_or(Version{INT64_MAX}), r.id);
  });
  return history;
}

}  // namespace migrator
