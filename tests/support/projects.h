// Projects and histories for tests of what is pure: built from text as the loader builds them from
// files, and histories as runs leave them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/plan/history.h"
#include "engine/plan/planner.h"
#include "engine/project/project.h"

namespace migrator {

/// Adds a failure to the test when the text has findings.
Part part_of(std::string file, std::string sql);

/// VERSION_NAME.sql, with a down part where one is given.
Migration migration_of(std::uint64_t version, const std::string& name, const std::string& up,
                       const std::optional<std::string>& down = std::nullopt);
Migration repeatable_of(const std::string& name, const std::string& sql);
Seed seed_of(const std::string& name, const std::string& sql);

/// The row that applying leaves.
AppliedMigration row_of(const Migration& migration);
AppliedMigration row_of(const Seed& seed);

/// The row of a migration (or, undoing, of its down part) that stopped after `done` statements.
AppliedMigration stopped_row(const Migration& migration, StepAction action, std::size_t done,
                             StepState state);

/// The history after the whole plan was carried out.
History after(const Plan& plan, History history);

}  // namespace migrator
