#include "engine/run/run_steps.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/run/batch.h"
#include "engine/run/progress_watch.h"
#include "engine/run/run_as_one.h"
#include "engine/run/side_by_side.h"
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

std::string closed_circle(const Circle& circle) {
  return fmt::format(
      "the tables refer to each other ({}): let one of these columns be null, or its constraint be "
      "DEFERRABLE",
      circle.shown);
}

class StepsRun {
 public:
  StepsRun(const RunSite& site, const Plan& plan, ProgressWatch& watch, RunReport& report)
      : site_(site),
        plan_(plan),
        report_(report),
        watch_(watch),
        runner_(site.connection, site.table, site.options, site.observer, watch, site.stop),
        order_(site.connection, plan.steps) {
    runner_.expect(plan.premise);
    runner_.be_watched_by(site.witness);
    if (!site.connection.is_pooled() && !site.witness) batch_.emplace(site, watch, plan.steps);
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
      const Step& step = order_.at(next);
      const std::size_t together = may_share() ? order_.independent_from(next) : 0;
      if (together > 1) {
        if (auto lost = run_side_by_side(next, together)) return lost;
        next += together;
        continue;
      }
      const Circle* const circle = order_.circle_at(next);
      const bool is_open = circle != nullptr && !circle->is_closed;
      if (auto lost = is_open ? run_circle(*circle, next) : run_alone(step, circle)) return lost;
      next += is_open ? circle->members.size() : 1;
    }
    return std::nullopt;
  }

 private:
  void tell(StepResult result) {
    report_.results.push_back(std::move(result));
    site_.observer.step_finished(report_.results.back());
  }

  bool may_share() const {
    return site_.options.jobs > 1 && site_.connect_anew && !site_.connection.is_pooled();
  }

  std::optional<Lost> run_side_by_side(std::size_t first, std::size_t count) {
    std::vector<const Step*> steps;
    for (std::size_t i = 0; i < count; ++i) steps.push_back(&plan_.steps[order_.placed(first + i)]);
    auto failure = migrator::run_side_by_side(site_, steps, report_);
    if (!failure) return std::nullopt;
    return lost_at(*failure->step, failure->error, std::move(failure->result), failure->has_begun);
  }

  /// Seeds whose tables refer to each other: one transaction.
  std::optional<Lost> run_circle(const Circle& circle, std::size_t first) {
    Plan together;
    together.single_transaction = true;
    for (std::size_t i = 0; i < circle.members.size(); ++i)
      together.steps.push_back(plan_.steps[order_.placed(first + i)]);
    const std::size_t before = report_.results.size();
    auto lost = run_as_one(site_, together, watch_, report_);
    if (!lost || lost->overtaken || lost->error.kind() == ErrorKind::connection) return lost;
    Finding finding = lost->error.finding();
    finding.kept = with_what_came_before(
        "nothing of the seeds whose tables refer to each other: they are one transaction", before);
    lost->error = Error(lost->error.kind(), finding);
    return lost;
  }

  std::optional<Lost> run_alone(const Step& step, const Circle* circle) {
    try {
      tell(runner_.run(step));
      return std::nullopt;
    } catch (const Error& error) {
      const bool is_named = circle != nullptr && error.finding().hint.empty();
      Finding finding = error.finding();
      if (is_named) finding.hint = closed_circle(*circle);
      return lost_at(step, Error(error.kind(), finding), runner_.take_result(),
                     runner_.has_begun());
    }
  }

  Lost lost_at(const Step& step, const Error& error, StepResult result, bool has_begun) {
    if (is_overtaken(error) || was_taken_over(error, step))
      return Lost{.error = error, .overtaken = true};
    Finding finding = error.finding();
    finding.kept = with_what_came_before(finding.kept, report_.results.size());
    std::vector<StepResult> failed;
    if (has_begun || error.kind() != ErrorKind::lock)
      failed.push_back(failed_result(step, result.notices));
    return Lost{.error = Error(error.kind(), finding),
                .in_doubt = {std::move(result)},
                .failed = std::move(failed),
                .ends_here = site_.connection.is_alive() || error.kind() != ErrorKind::connection};
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
  ProgressWatch& watch_;
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
