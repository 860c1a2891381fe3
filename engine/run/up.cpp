#include "engine/run/up.h"

#include <algorithm>

#include "engine/base/error.h"
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

/// A file that could not be read as it should is not undone by it either.
void add_complaints_of_files(const Project& project, Plan& plan) {
  for (const Finding& finding : project.findings) {
    const auto concerns = [&](const Step& step) {
      return finding.place && finding.place->file == step.part->file;
    };
    if (finding.severity == Severity::error && std::ranges::any_of(plan.steps, concerns))
      plan.findings.push_back(finding);
  }
}

/// What would stop `undone` from being applied again, seen before any of it is undone.
Plan plan_again(const Project& project, const Reading& reading, const Plan& undone,
                const UpTarget& target) {
  History left = reading.history();
  std::erase_if(left.rows, [&](const AppliedMigration& row) {
    return row.kind == StepKind::repeatable ||
           std::ranges::find(undone.steps, row.id, &Step::id) != undone.steps.end();
  });
  const Comparison comparison = compare(project, left);
  Plan plan = plan_up(project, comparison, target, reading.texts());
  plan.steps.clear();  // only what it found counts
  return plan;
}

/// Rows that the undone migrations held are gone with their tables, and the seeds do not know.
void add_word_on_seeds(const Reading& before, const Plan& undone, RunReport& report) {
  const bool seeded = std::ranges::any_of(before.history().rows, [](const AppliedMigration& row) {
    return row.kind == StepKind::seed;
  });
  if (!seeded || report.error || undone.steps.back().last_undo) return;
  report.findings.push_back(
      {.severity = Severity::note,
       .id = "seeds-stay",
       .message = "the seeds still count as run; what they put into undone tables is gone",
       .next = "migrator seed --again"});
}

enum class Afterwards { stay, apply_again };

UpTarget again(const Plan& undone, OrderPolicy order) {
  UpTarget target{.order = order};
  for (const Step& step : undone.steps) target.only.push_back(step.id);
  return target;
}

/// Undoes, under a lock that is its caller's or, being counted by the server, its own. Returns the
/// target that would apply it all again; nothing when nothing was undone.
std::optional<UpTarget> undo(const RunSite& site, const Project& project, const DownTarget& target,
                             Afterwards afterwards, OrderPolicy order, RunReport& report) {
  {
    const Reading reading(site.connection, site.table, project);
    // No history, nothing to undo; but a version that nobody knows is still a slip.
    if (!reading.history().exists)
      return is_refused(plan_down(reading.comparison(), target, {}), report), std::nullopt;
  }
  const RunLock lock(site);
  const Reading reading(site.connection, site.table, project);
  Plan plan = plan_down(reading.comparison(), target, site.table.down_texts(site.connection));
  add_complaints_of_files(project, plan);
  if (is_refused(plan, report) || plan.is_empty()) return {};
  const UpTarget back = again(plan, order);
  if (afterwards == Afterwards::apply_again &&
      is_refused(plan_again(project, reading, plan, back), report))
    return {};
  reading.require_writable();
  run_steps(site, plan, report);
  add_word_on_seeds(reading, plan, report);
  return back;
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
  undo(site, project, target, Afterwards::stay, OrderPolicy::strict, report);
  return report;
}

RunReport redo(const RunSite& site, const Project& project, std::size_t steps, OrderPolicy order) {
  RunReport report;
  const RunLock lock(site);
  const auto target = undo(site, project, {.steps = steps}, Afterwards::apply_again, order, report);
  if (!target || report.error) return report;
  const std::vector<Finding> told = report.findings;
  try {
    apply(site, project, *target, report);
    report.findings.insert(report.findings.begin(), told.begin(), told.end());
  } catch (const Error& error) {
    // What was undone has to be told as well.
    report.error = error.finding();
    report.head.exit_code = exit_code_of(error.kind());
  }
  return report;
}

}  // namespace migrator
