// Drift: how a database differs from what the migrations make that it says it has. Those are run on
// a scratch database; then both catalogs are compared. Looks at objects, never at rows; writes
// nothing to the database that is looked at.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/pg/history_table.h"
#include "engine/plan/catalog.h"
#include "engine/run/scratch_run.h"

namespace migrator {

struct Drift {
  std::vector<CatalogDifference> differences = {};  ///< expected: by the migrations
  std::vector<Finding> findings = {};               ///< one for each, and what else is to tell
};

/// `ignored`: patterns of engine/plan/catalog.h. `scratch` is new. Findings that are errors say why
/// nothing could be compared.
Drift find_drift(Connection& live, const Project& project, ScratchRun& scratch,
                 std::span<const std::string> ignored);

}  // namespace migrator
