// Going on after a lost session: a new one within a budget of time, the end of what the old one may
// still hold, and the same work again. What the history says is what was kept, so the work has to
// read it first. What it does not do: decide what is left to do (the planner does), try again a
// statement that failed.
#pragma once

#include <functional>
#include <optional>

#include "engine/report/outcome.h"
#include "engine/run/run_steps.h"
#include "engine/run/up.h"

namespace migrator {

/// One go at it, in a session that holds or is lost meanwhile. `in_doubt` is what the last go left,
/// for settle.
using Work = std::function<std::optional<Lost>(std::vector<StepResult>& in_doubt)>;

/// Works until a session holds to the end, or none can be had again within
/// RunOptions::reconnect, or it is lost three times at the same place. The report then has the
/// error. Throws as `work` where nothing was done before.
void keep_going(const RunSite& site, RunReport& report, const Work& work);

/// Empties `in_doubt`: to the report goes what the history says was kept.
void settle(const RunSite& site, const History& history, std::vector<StepResult>& in_doubt,
            RunReport& report);

/// Takes out of a plan what this very run has applied, which only a plan that runs things again
/// (seeds) can have.
void leave_out_done(const RunSite& site, const History& history, Plan& plan);

}  // namespace migrator
