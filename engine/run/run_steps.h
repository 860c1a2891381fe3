// Runs the steps of a plan in order into a report: what up, down and redo share.
#pragma once

#include "engine/plan/planner.h"
#include "engine/report/outcome.h"
#include "engine/run/up.h"

namespace migrator {

/// Stops at the first step that fails; the report then has its error, with what was done before.
void run_steps(const RunSite& site, const Plan& plan, RunReport& report);

/// The result of the step that failed.
StepResult failed_result(const Step& step, std::vector<Finding> notices);

}  // namespace migrator
