#include "engine/run/run_steps.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/report/exit_code.h"
#include "engine/run/progress_watch.h"

namespace migrator {
namespace {

std::string with_what_came_before(std::string kept, std::size_t before) {
  if (before == 0) return kept;
  if (before == 1) return kept + "; the step before it in this run is done";
  return fmt::format("{}; the {} before it in this run are done", kept, counted(before, "step"));
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

}  // namespace

void run_steps(const RunSite& site, const Plan& plan, RunReport& report) {
  ProgressWatch watch(site.observer, site.connection.backend_pid(), site.connect_again);
  StepRunner runner(site.connection, site.table, site.options, site.observer, watch, site.stop);
  for (const Step& step : plan.steps) {
    try {
      report.results.push_back(runner.run(step));
    } catch (const Error& error) {
      report.error = error.finding();
      report.error->kept = with_what_came_before(report.error->kept, report.results.size());
      report.head.exit_code = exit_code_of(error.kind());
      report.results.push_back(failed_result(step, runner.take_notices()));
      site.observer.step_finished(report.results.back());
      return;
    }
    site.observer.step_finished(report.results.back());
  }
}

}  // namespace migrator
