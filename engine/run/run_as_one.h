// Runs all steps of a plan in one transaction: either everything is kept or nothing.
#pragma once

#include "engine/plan/planner.h"
#include "engine/report/outcome.h"
#include "engine/run/progress_watch.h"
#include "engine/run/run_steps.h"
#include "engine/run/up.h"

namespace migrator {

/// As run_steps; a step is told as done only when all are. Precondition: every step of the plan is
/// one transaction (UpTarget::single_transaction).
std::optional<Lost> run_as_one(const RunSite& site, const Plan& plan, ProgressWatch& watch,
                               RunReport& report);

}  // namespace migrator
