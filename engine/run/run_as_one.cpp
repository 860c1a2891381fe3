#include "engine/run/run_as_one.h"

#include <algorithm>
#include <map>
#include <string>

#include "engine/base/error.h"
#include "engine/base/quote.h"
#include "engine/pg/script.h"
#include "engine/run/data_words.h"
#include "engine/run/explain_rows.h"
#include "engine/run/file_session.h"
#include "engine/run/retries.h"
#include "engine/run/step_order.h"
#include "engine/run/step_words.h"

namespace migrator {
namespace {

constexpr std::string_view kWholeRun = "the run (one transaction)";

class WholeRun {
 public:
  WholeRun(const RunSite& site, const Plan& plan, ProgressWatch& watch)
      : site_(site),
        plan_(plan),
        watch_(watch),
        runner_(site.connection, site.table, site.options, site.observer, watch, site.stop),
        order_(site.connection, plan.steps) {}

  /// Throws Error after a rollback; done() is how far the last try came.
  void run() {
    runner_.expect(plan_.premise);
    Retries retries(site_.options, site_.observer, site_.stop, std::string(kWholeRun));
    for (std::size_t again = 0;; ++again) {
      try {
        try_all();
        for (StepResult& result : done_) result.retries = again;
        return;
      } catch (const Error& error) {
        runner_.leave_clean();
        retries.pause_after(error, watch_.blockers());
      }
    }
  }

  std::vector<StepResult>& done() { return done_; }
  /// Absent when all steps were done, and the COMMIT failed.
  const Step* failed_step() {
    return at_ < plan_.steps.size() ? &plan_.steps[order_.placed(at_)] : nullptr;
  }
  std::vector<Finding> take_notices() { return runner_.take_notices(); }

 private:
  void try_all() {
    done_.clear();
    first_.clear();
    circle_end_ = 0;
    runner_.let_constraints_wait(false);
    runner_.begin_turn(kWholeRun);
    for (at_ = 0; at_ < plan_.steps.size(); ++at_) {
      const Step& step = order_.at(at_);
      if (at_ >= circle_end_) begin_circle();
      // For what no rollback takes back (sequences). Each step resets it.
      if (plan_.dry_run) run_command(site_.connection, "SET LOCAL migrator.dry_run = 'on'");
      done_.push_back(runner_.run_inside(step));
      add_first_pass(done_.back());
      if (at_ + 1 == circle_end_) end_circle();
    }
    if (plan_.dry_run) return leave_no_trace();
    const ProgressWatch::Watching watching(watch_, {.file = kWholeRun, .sql = "COMMIT"});
    commit(site_.connection, site_.stop);
  }

  /// Of seeds whose tables refer to each other, all go in without what the others are to bring, and
  /// then once more.
  void begin_circle() {
    const Circle* const circle = order_.circle_at(at_);
    if (circle == nullptr || circle->is_closed) return;
    circle_begin_ = at_;
    circle_end_ = at_ + circle->members.size();
    run_command(site_.connection, "SET CONSTRAINTS ALL DEFERRED");
    runner_.let_constraints_wait(true);
    if (circle->left_out.empty()) return;
    for (; at_ < circle_end_; ++at_) {
      const auto left_out = circle->left_out.find(order_.placed(at_));
      leave_out(left_out == circle->left_out.end() ? std::vector<std::string>() : left_out->second);
      const Step& step = order_.at(at_);
      first_[step.id] = runner_.run_ahead(step).value_or(RowChanges{});
    }
    at_ = circle_begin_;
    run_command(site_.connection,
                "SET LOCAL migrator.careful = ''; SET LOCAL migrator.left_out = ''");
  }

  void leave_out(const std::vector<std::string>& columns) {
    run_command(site_.connection,
                "SET LOCAL migrator.careful = 'on'; SET LOCAL migrator.left_out = " +
                    quote_literal(array_literal(columns)));
    if (plan_.dry_run) run_command(site_.connection, "SET LOCAL migrator.dry_run = 'on'");
  }

  void end_circle() {
    run_command(site_.connection, "SAVEPOINT migrator_circle");
    try {
      check_deferred_by_name(site_.connection, site_.stop);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::migration || site_.stop.stop_requested()) throw;
      throw with_rows_of_circle(error);
    }
    runner_.let_constraints_wait(false);
  }

  /// The first of the circle's files that breaks it is the one that failed.
  Error with_rows_of_circle(const Error& error) {
    site_.connection.on_notice({});
    const std::size_t last = at_;
    for (at_ = circle_begin_; at_ <= last; ++at_) {
      const Part& part = *order_.at(at_).part;
      run_command(site_.connection, "ROLLBACK TO SAVEPOINT migrator_circle");
      const auto broken = broken_by_rows(site_.connection, part, error, site_.stop);
      if (!broken) continue;
      Finding finding = broken->finding();
      finding.place = Place{.file = part.file};
      return Error(error.kind(), of_data(finding, part));
    }
    at_ = last;
    return error;
  }

  /// A row that the first pass made or changed is not told twice.
  void add_first_pass(StepResult& result) const {
    const auto first = first_.find(result.id);
    if (first == first_.end() || !result.rows) return;
    const RowChanges& before = first->second;
    RowChanges& rows = *result.rows;
    const std::uint64_t total = rows.created + rows.updated + rows.unchanged;
    const std::uint64_t again = rows.updated - std::min(rows.updated, before.created);
    rows.created += before.created;
    rows.updated = std::max(before.updated, again);
    rows.unchanged = total - std::min(total, rows.created + rows.updated);
    rows.deleted += before.deleted;
  }

  void leave_no_trace() {
    run_command(site_.connection, "ROLLBACK");
    for (StepResult& result : done_) result.outcome = StepOutcome::tried;
  }

  const RunSite& site_;
  const Plan& plan_;
  ProgressWatch& watch_;
  StepRunner runner_;
  StepOrder order_;
  std::size_t at_ = 0;  ///< the position of the step that runs
  std::size_t circle_begin_ = 0;
  std::size_t circle_end_ = 0;  ///< behind the seeds of the circle that it is in, or the last one
  std::map<std::string, RowChanges> first_ = {};  ///< what a first pass did, by step
  std::vector<StepResult> done_;
};

/// `step` is the one that failed, if it is one of the plan.
Finding with_words(const Error& error, const Step* step, const Plan& plan) {
  Finding finding = error.finding();
  // A constraint that waited may complain of rows of any.
  for (const Step& each : plan.steps) finding = veil_of(each.part->used).over(std::move(finding));
  if (!finding.place && step) finding.place = Place{.file = step->part->file};
  if (step) finding.next = what_next(*step, error, 0);
  finding.kept = error.kind() == ErrorKind::connection && !step
                     ? "not known: the answer was lost; migrator status tells (the run was one "
                       "transaction: all of it is kept or nothing)"
                     : "nothing: the run was one transaction";
  return finding;
}

}  // namespace

std::optional<Lost> run_as_one(const RunSite& site, const Plan& plan, ProgressWatch& watch,
                               RunReport& report) {
  WholeRun whole(site, plan, watch);
  try {
    whole.run();
  } catch (const Error& error) {
    if (is_overtaken(error)) return Lost{.error = error, .overtaken = true};
    const Step* const failed = whole.failed_step();
    const bool lost = error.kind() == ErrorKind::connection;
    Lost what{.error = Error(error.kind(), with_words(error, failed, plan)),
              .in_doubt = whole.done(),
              .ends_here = site.connection.is_alive() || !lost};
    // Nobody knows of a lost connection what it kept.
    if (!lost) what.failed = std::move(whole.done());
    for (StepResult& result : what.failed) result.outcome = StepOutcome::rolled_back;
    if (failed) std::erase_if(what.failed, [&](const auto& one) { return one.id == failed->id; });
    if (failed) what.failed.push_back(failed_result(*failed, whole.take_notices()));
    return what;
  }
  for (StepResult& result : whole.done()) {
    report.results.push_back(std::move(result));
    site.observer.step_finished(report.results.back());
  }
  return std::nullopt;
}

}  // namespace migrator
