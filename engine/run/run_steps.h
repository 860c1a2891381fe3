// Runs the steps of a plan in order into a report: what up, down and redo share.
#pragma once

#include <optional>
#include <vector>

#include "engine/base/error.h"
#include "engine/plan/planner.h"
#include "engine/report/outcome.h"
#include "engine/run/up.h"

namespace migrator {

/// What ended a run before its end.
struct Lost {
  Error error;
  std::vector<StepResult> in_doubt = {};  ///< as they are to be told, if they were kept
  std::vector<StepResult> failed = {};    ///< as they are to be told, if the run ends here
  bool ends_here = false;                 ///< a new session would not help
  bool overtaken = false;                 ///< another run was quicker: look again
};

/// Stops at the first step that fails, with what was done before in the report.
std::optional<Lost> run_steps(const RunSite& site, const Plan& plan, RunReport& report);

/// Another run has the row of a step, of which this one has sent nothing: what it leaves is left to
/// do.
bool is_overtaken(const Error& error);

/// The result of the step that failed.
StepResult failed_result(const Step& step, std::vector<Finding> notices);

}  // namespace migrator
