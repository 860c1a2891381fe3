#include "engine/run/run_steps.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/run/progress_watch.h"
#include "engine/run/run_as_one.h"

namespace migrator {
namespace {

std::string with_what_came_before(std::string kept, std::size_t before) {
  if (before == 0) return kept;
  if (before == 1) return kept + "; the step before it in this run is done";
  return fmt::format("{}; the {} before it in this run are done", kept, counted(before, "step"));
}

}  // namespace

bool is_overtaken(const Error& error) {
  return error.finding().id == "overtaken";
}

StepResult failed_result(const Step& step, std::vector<Finding> notices) {
  return {.action = step.action,
          .kind = step.kind,
          .id = step.id,
          .name = step.name,
          .file = step.part->file,
          .outcome = StepOutcome::failed,
          .notices = std::move(notices)};
}

std::optional<Lost> run_steps(const RunSite& site, const Plan& plan, RunReport& report) {
  ProgressWatch watch(site.observer,
                      {.pid = site.connection.is_pooled() ? 0 : site.connection.backend_pid(),
                       .connect = site.connect_watcher,
                       .give_up = [&] { site.connection.give_up(); }});
  if (plan.single_transaction) return run_as_one(site, plan, watch, report);
  StepRunner runner(site.connection, site.table, site.options, site.observer, watch, site.stop);
  runner.expect(plan.premise);
  for (const Step& step : plan.steps) {
    try {
      report.results.push_back(runner.run(step));
    } catch (const Error& error) {
      Finding finding = error.finding();
      finding.kept = with_what_came_before(finding.kept, report.results.size());
      if (is_overtaken(error)) return Lost{.error = error, .overtaken = true};
      StepResult result = runner.take_result();
      StepResult failed = failed_result(step, result.notices);
      return Lost{.error = Error(error.kind(), finding),
                  .in_doubt = {std::move(result)},
                  .failed = {std::move(failed)},
                  .ends_here = site.connection.is_alive() || error.kind() != ErrorKind::connection};
    }
    site.observer.step_finished(report.results.back());
  }
  return std::nullopt;
}

}  // namespace migrator
