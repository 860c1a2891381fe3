#include "engine/run/up.h"

#include <algorithm>

#include "engine/report/exit_code.h"
#include "engine/run/reading.h"
#include "engine/run/run_lock.h"
#include "engine/run/run_steps.h"

namespace migrator {
namespace {

bool is_refused(const Plan& plan, RunReport& report) {
  report.findings = plan.findings;
  if (!plan.is_refused()) return false;
  report.head.exit_code = exit_code_of_refusal(plan.findings);
  return true;
}

void refresh_rows(const RunSite& site, const Plan& plan) {
  for (const Refresh& row : plan.refreshes) site.table.refresh(site.connection, row);
}

/// Applies under a lock that the caller holds.
void apply(const RunSite& site, const Project& project, const UpTarget& target, RunReport& report) {
  const Reading reading(site.connection, site.table, project);
  const Plan plan = plan_up(project, reading.comparison(), target, reading.texts());
  if (is_refused(plan, report)) return;
  refresh_rows(site, plan);
  run_steps(site, plan, report);
}

/// Undoes, under a lock that is its caller's or, being counted by the server, its own. Returns the
/// newest version that it set out to undo.
std::optional<Version> undo(const RunSite& site, const Project& project, const DownTarget& target,
                            RunReport& report) {
  if (!Reading(site.connection, site.table, project).history().exists) return {};
  const RunLock lock(site);
  const Reading reading(site.connection, site.table, project);
  const Plan plan = plan_down(reading.comparison(), target, site.table.down_texts(site.connection));
  if (is_refused(plan, report) || plan.is_empty()) return {};
  reading.require_writable();
  run_steps(site, plan, report);
  return plan.steps.front().version;
}

}  // namespace

RunReport up(const RunSite& site, const Project& project, const UpTarget& target) {
  RunReport report;
  {
    const Reading reading(site.connection, site.table, project);
    const Plan plan = plan_up(project, reading.comparison(), target, reading.texts());
    // What looks half done may be what another migrator is doing now: its lock tells.
    const bool refused = is_refused(plan, report);
    if (refused && report.head.exit_code != kMigrationFailed) return report;
    if (!refused && plan.is_empty()) return report;
    reading.require_writable();
    report = {};
  }
  const RunLock lock(site);
  site.table.ensure(site.connection);
  apply(site, project, target, report);
  report.others_worked = lock.had_to_wait() && report.results.empty();
  return report;
}

RunReport down(const RunSite& site, const Project& project, const DownTarget& target) {
  RunReport report;
  undo(site, project, target, report);
  return report;
}

RunReport redo(const RunSite& site, const Project& project, std::size_t steps, OrderPolicy order) {
  RunReport report;
  const RunLock lock(site);
  const std::optional<Version> newest = undo(site, project, {.steps = steps}, report);
  if (newest && !report.error)
    apply(site, project, {.to = newest, .order = order, .repeatables_anyway = true}, report);
  return report;
}

}  // namespace migrator
