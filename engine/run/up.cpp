#include "engine/run/up.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "engine/base/error.h"
#include "engine/report/exit_code.h"
#include "engine/run/lifeline.h"
#include "engine/run/owners.h"
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

/// `steps` counts those that this run has done already.
UpTarget what_is_left(UpTarget target, const RunReport& report) {
  if (!target.steps) return target;
  const auto done = std::ranges::count_if(report.results, [](const StepResult& result) {
    return result.action == StepAction::apply && result.kind == StepKind::versioned;
  });
  *target.steps -= std::min(*target.steps, static_cast<std::size_t>(done));
  return target;
}

/// Applies under a lock that the caller holds.
std::optional<Lost> apply(const RunSite& site, const Project& project, const UpTarget& target,
                          CutParts& cuts, RunReport& report, std::vector<StepResult>& in_doubt) {
  const auto read = read_when_free(site, project, report.others_worked);
  const Reading& reading = *read;
  settle(site, reading.history(), in_doubt, report);
  reading.require_writable();
  Plan plan =
      plan_up(project, reading.comparison(), what_is_left(target, report), reading.texts(), cuts);
  if (is_refused(plan, report)) return std::nullopt;
  leave_out_done(site, reading.history(), plan);
  plan.premise = premise_of(reading.history());
  if (!plan.dry_run) refresh_rows(site, plan);
  return run_steps(site, plan, report);
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
  if (!seeded || undone.steps.back().last_undo) return;
  report.findings.push_back(
      {.severity = Severity::note,
       .id = "seeds-stay",
       .message = "the seeds still count as run; what they put into undone tables is gone",
       .next = "migrator seed --again"});
}

UpTarget again(const Plan& undone, OrderPolicy order) {
  UpTarget target{.order = order};
  for (const Step& step : undone.steps) target.only.push_back(step.id);
  return target;
}

/// What is left to undo of `target`, when this run has undone some already.
DownTarget what_is_left(DownTarget target, const RunReport& report) {
  const auto undone = std::ranges::count(report.results, StepAction::undo, &StepResult::action);
  if (!target.to) target.steps -= std::min(target.steps, static_cast<std::size_t>(undone));
  return target;
}

/// What only the history had has values of variables in it.
void hide_variables(const Project& project, Plan& plan) {
  for (Part& part : plan.recovered) part.used = project.variables;
}

class Undoing {
 public:
  Undoing(const RunSite& site, const Project& project, DownTarget target)
      : site_(site), project_(project), target_(target) {}

  /// Has what is undone planned again as well, and refuses where that would not do.
  void want_back(OrderPolicy order) { order_ = order; }

  /// No history, nothing to undo; but a version that nobody knows is still a slip.
  bool is_idle(RunReport& report) {
    const Reading reading(site_.connection, site_.table, project_);
    if (reading.history().exists) return false;
    is_refused(plan_down(reading.comparison(), target_, {}), report);
    return true;
  }

  /// Under a lock that the caller holds.
  std::optional<Lost> run(RunReport& report, std::vector<StepResult>& in_doubt) {
    const auto read = read_when_free(site_, project_, report.others_worked);
    const Reading& reading = *read;
    settle(site_, reading.history(), in_doubt, report);
    const DownTarget left = what_is_left(target_, report);
    if (!left.to && left.steps == 0) return std::nullopt;
    Plan plan = plan_down(reading.comparison(), left, site_.table.down_texts(site_.connection));
    hide_variables(project_, plan);
    add_complaints_of_files(project_, plan);
    if (is_refused(plan, report) || plan.is_empty()) return std::nullopt;
    if (order_ && is_refused(plan_again(project_, reading, plan, again(plan, *order_)), report))
      return std::nullopt;
    reading.require_writable();
    for (const Step& step : plan.steps)
      if (std::ranges::find(undone_, step.id) == undone_.end()) undone_.push_back(step.id);
    plan.premise = premise_of(reading.history());
    auto lost = run_steps(site_, plan, report);
    if (!lost) add_word_on_seeds(reading, plan, report);
    return lost;
  }

  /// The target that would apply it all again; nothing when nothing was undone.
  std::optional<UpTarget> back() const {
    if (undone_.empty() || !order_) return std::nullopt;
    return UpTarget{.order = *order_, .only = undone_};
  }

 private:
  const RunSite& site_;
  const Project& project_;
  DownTarget target_;
  std::optional<OrderPolicy> order_ = std::nullopt;
  std::vector<std::string> undone_ = {};
};

/// After a redo that stopped half-way: the same command again would undo what is below.
void advise_to_apply(RunReport& report) {
  const bool undid = std::ranges::find(report.results, StepOutcome::undone, &StepResult::outcome) !=
                     report.results.end();
  if (!report.error || !undid) return;
  const std::string next =
      "what was undone is pending now: migrator up (not redo, which would undo "
      "what is below it)";
  std::string& said = report.error->next;
  const bool says_another = said.find("the same command") == std::string::npos && !said.empty();
  said = says_another ? said + "\n" + next : next;
}

/// Between its two halves nothing could keep another run from taking what is undone for pending,
/// or what is below it for the newest.
void refuse_pooled_redo(const Connection& connection) {
  if (!connection.is_pooled()) return;
  throw Error(ErrorKind::configuration,
              {.id = "pooler-redo",
               .message = "redo needs a session of its own on the server, to hold the lock from "
                          "undoing to applying again; a pooler stands in between",
               .next = "give migrator a URL that leads to the server itself, or run migrator down "
                       "and then migrator up"});
}

/// What is on disk, as far as somebody asks for it.
struct OnDisk {
  std::function<const Project&()> project;
  std::optional<ExpectedHistory> expected = std::nullopt;  ///< when nothing is to be done
  CutParts cuts = {};
};

/// A target that leaves something out may be refused for it, or have it done again.
bool is_everything(const UpTarget& target) {
  return !target.to && target.only.empty() && !target.seeds_again && !target.seeds_verified;
}

/// Without a lock: whether there may be something to do, and what it saw then. The report says why
/// not, when it is refused.
std::optional<ServerFacts> look(const RunSite& site, OnDisk& files, const UpTarget& target,
                                RunReport& report) {
  HistoryReading read = site.table.read(site.connection, files.expected);
  if (read.as_expected) return std::nullopt;
  const Project& project = files.project();
  const Reading reading(site.connection, site.table, project, std::move(read));
  const Plan plan = plan_up(project, reading.comparison(), target, reading.texts(), files.cuts);
  // What looks half done may be what another migrator is doing now: its lock tells.
  const bool refused = is_refused(plan, report);
  if (refused && report.head.exit_code != kMigrationFailed) return std::nullopt;
  if (!refused && plan.is_empty()) return std::nullopt;
  reading.require_writable();
  report = {};
  return reading.server();
}

bool differs(const StepResult& seed) {
  return seed.rows && seed.rows->created + seed.rows->updated + seed.rows->deleted > 0;
}

[[noreturn]] void throw_no_history() {
  throw Error(ErrorKind::configuration, {.id = "no-history",
                                         .message = "there is no history table yet, and a dry run "
                                                    "makes none",
                                         .kept = "nothing was touched",
                                         .next = "migrator up"});
}

RunReport up(const RunSite& site, OnDisk files, const UpTarget& target) {
  RunReport report;
  bool has_work = false;
  keep_going(site, report, [&](std::vector<StepResult>& in_doubt) -> std::optional<Lost> {
    ServerFacts seen;
    if (!has_work) {
      const auto looked = look(site, files, target, report);
      if (!looked) return std::nullopt;
      has_work = true;
      seen = *looked;
    }
    if (target.dry_run && seen.has_schema) throw_no_history();
    const RunLock lock(site, seen);
    site.table.ensure(site.connection, seen);
    report.others_worked = report.others_worked || lock.had_to_wait();
    auto lost = apply(site, files.project(), target, files.cuts, report, in_doubt);
    if (!report.results.empty() || lost) report.others_worked = false;
    return lost;
  });
  if (target.dry_run && target.seeds_verified && report.head.exit_code == kDone &&
      std::ranges::any_of(report.results, differs))
    report.head.exit_code = kFound;
  return report;
}

}  // namespace

RunReport up(const RunSite& site, const Project& project, const UpTarget& target) {
  return up(site, OnDisk{.project = [&]() -> const Project& { return project; }}, target);
}

RunReport up(const RunSite& site, ProjectFiles& files, const UpTarget& target) {
  OnDisk on_disk{.project = [&]() -> const Project& { return files.project(); }};
  const std::optional<Glance>& glance = files.glance();
  if (is_everything(target) && glance && glance->seeds.has_value() == target.seeds)
    on_disk.expected = ExpectedHistory{.digest = glance->digest(), .with_seeds = target.seeds};
  RunReport report = up(site, std::move(on_disk), target);
  if (glance && glance->finding) report.findings.push_back(*glance->finding);
  return report;
}

RunReport down(const RunSite& site, const Project& project, const DownTarget& target) {
  RunReport report;
  Undoing undoing(site, project, target);
  keep_going(site, report, [&](std::vector<StepResult>& in_doubt) -> std::optional<Lost> {
    if (undoing.is_idle(report)) return std::nullopt;
    const RunLock lock(site);
    return undoing.run(report, in_doubt);
  });
  return report;
}

RunReport redo(const RunSite& site, const Project& project, std::size_t steps, OrderPolicy order) {
  RunReport report;
  Undoing undoing(site, project, {.steps = steps});
  undoing.want_back(order);
  keep_going(site, report, [&](std::vector<StepResult>& in_doubt) -> std::optional<Lost> {
    if (undoing.is_idle(report)) return std::nullopt;
    const RunLock lock(site);
    refuse_pooled_redo(site.connection);
    if (auto lost = undoing.run(report, in_doubt)) return lost;
    const auto target = undoing.back();
    if (!target || report.head.exit_code != 0) return std::nullopt;
    const std::vector<Finding> told = report.findings;
    CutParts cuts;
    auto lost = apply(site, project, *target, cuts, report, in_doubt);
    report.findings.insert(report.findings.begin(), told.begin(), told.end());
    return lost;
  });
  advise_to_apply(report);
  return report;
}

}  // namespace migrator
