#include "engine/run/run_steps.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/run/batch.h"
#include "engine/run/progress_watch.h"
#include "engine/run/run_as_one.h"
#include "engine/run/step_order.h"

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

namespace {

class StepsRun {
 public:
  StepsRun(const RunSite& site, const Plan& plan, ProgressWatch& watch, RunReport& report)
      : site_(site),
        plan_(plan),
        report_(report),
        runner_(site.connection, site.table, site.options, site.observer, watch, site.stop),
        order_(site.connection, plan.steps) {
    runner_.expect(plan.premise);
    if (!site.connection.is_pooled()) batch_.emplace(site, watch, plan.steps);
  }

  std::optional<Lost> run() {
    for (std::size_t next = 0; next < plan_.steps.size();) {
      BatchEnd end = batch_ ? batch_->run(next) : BatchEnd{};
      next += end.done.size();
      for (StepResult& result : end.done) {
        for (const Finding& notice : result.notices) site_.observer.noticed(notice);
        tell(std::move(result));
      }
      if (end.lost) return lost_together(std::move(end), plan_.steps[next]);
      // What did not go together goes alone; so does what failed there, and says why.
      if (!end.done.empty() && !end.failed) continue;
      if (auto lost = run_alone(order_.at(next))) return lost;
      ++next;
    }
    return std::nullopt;
  }

 private:
  void tell(StepResult result) {
    report_.results.push_back(std::move(result));
    site_.observer.step_finished(report_.results.back());
  }

  std::optional<Lost> run_alone(const Step& step) {
    try {
      tell(runner_.run(step));
      return std::nullopt;
    } catch (const Error& error) {
      Finding finding = error.finding();
      finding.kept = with_what_came_before(finding.kept, report_.results.size());
      if (is_overtaken(error) || was_taken_over(error, step))
        return Lost{.error = error, .overtaken = true};
      StepResult result = runner_.take_result();
      std::vector<StepResult> failed;
      if (runner_.has_begun() || error.kind() != ErrorKind::lock)
        failed.push_back(failed_result(step, result.notices));
      return Lost{
          .error = Error(error.kind(), finding),
          .in_doubt = {std::move(result)},
          .failed = std::move(failed),
          .ends_here = site_.connection.is_alive() || error.kind() != ErrorKind::connection};
    }
  }

  /// By another run, whose end is to be seen. Where the row is gone or cannot be written, looking
  /// again would do the same again; and what another one undid must not make this one undo the
  /// migration below.
  bool was_taken_over(const Error& error, const Step& step) const {
    if (error.finding().id != "taken-over" || step.action != StepAction::apply) return false;
    try {
      return site_.table.is_of_another(site_.connection, step, site_.options.runner);
    } catch (const Error&) {
      return false;
    }
  }

  Lost lost_together(BatchEnd end, const Step& first) const {
    Finding finding = end.lost->finding();
    finding.place = Place{.file = first.part->file};
    finding.kept = with_what_came_before(
        end.in_doubt.size() == 1
            ? fmt::format("not known of {}: migrator status tells", first.part->file)
            : fmt::format("not known of the {} from {} on, which were sent together: migrator "
                          "status tells",
                          counted(end.in_doubt.size(), "file"), first.part->file),
        report_.results.size());
    return Lost{.error = Error(end.lost->kind(), finding),
                .in_doubt = std::move(end.in_doubt),
                .failed = {failed_result(first, {})},
                .ends_here = site_.connection.is_alive()};
  }

  const RunSite& site_;
  const Plan& plan_;
  RunReport& report_;
  StepRunner runner_;
  StepOrder order_;
  std::optional<Batch> batch_ = std::nullopt;
};

}  // namespace

std::optional<Lost> run_steps(const RunSite& site, const Plan& plan, RunReport& report) {
  ProgressWatch watch(site.observer,
                      {.pid = site.connection.is_pooled() ? 0 : site.connection.backend_pid(),
                       .connect = site.connect_watcher,
                       .give_up = [&] { site.connection.give_up(); },
                       .stop = site.stop});
  if (plan.single_transaction) return run_as_one(site, plan, watch, report);
  return StepsRun(site, plan, watch, report).run();
}

}  // namespace migrator
