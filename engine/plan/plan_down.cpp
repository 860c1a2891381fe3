#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "engine/base/text.h"
#include "engine/plan/planner.h"
#include "engine/plan/resume.h"

namespace migrator {
namespace {

class DownPlanner {
 public:
  DownPlanner(const Comparison& comparison, const DownTarget& target,
              const AppliedTexts& down_texts)
      : comparison_(comparison), target_(target), down_texts_(down_texts) {}

  Plan run() {
    check_target();
    for (const Entry& entry : std::views::reverse(comparison_.entries)) {
      if (!entry.applied || entry.kind == StepKind::repeatable || entry.kind == StepKind::seed)
        continue;
      if (is_reached(entry)) break;
      if (!undo(entry)) break;
    }
    mark_last();
    return std::move(plan_);
  }

 private:
  /// 0 is "everything", a migration 0 included.
  bool is_reached(const Entry& entry) const {
    if (!target_.to) return plan_.steps.size() >= target_.steps;
    return target_.to->number > 0 && entry.version <= target_.to;
  }

  /// Whether the undo leaves any migration: if not, the tables that the seeds filled are gone too.
  void mark_last() {
    const auto applied = std::ranges::count_if(comparison_.entries, [](const Entry& entry) {
      return entry.applied && entry.version.has_value();
    });
    if (!plan_.steps.empty() && plan_.steps.size() == static_cast<std::size_t>(applied))
      plan_.steps.back().last_undo = true;
  }

  /// False when nothing below this entry can be undone either.
  bool undo(const Entry& entry) {
    if (entry.kind == StepKind::baseline) {
      plan_.findings.push_back(
          {.severity = plan_.steps.empty() ? Severity::error : Severity::note,
           .id = "baseline-reached",
           .message = fmt::format("{} is the baseline: what the database had before migrator "
                                  "cannot be undone",
                                  entry.shown())});
      return false;
    }
    const bool half = entry.applied->state != StepState::applied && !entry.applied->undoing();
    const Part* part = down_part(entry);
    if (!part) {
      plan_.findings.push_back(half ? half_done_without_down(entry) : no_down(entry));
      return false;
    }
    if (half) plan_.findings.push_back(half_done(entry));
    Step step{.action = StepAction::undo,
              .kind = entry.kind,
              .id = entry.id,
              .version = entry.version,
              .name = entry.name,
              .part = part,
              .checksums = entry.applied->checksums,
              .segments = {}};
    step.previous = seen(*entry.applied);
    step.of_half_done = half;
    step.applied_statements = entry.applied->statements_total;
    Segments cut = cut_segments(*part);
    step.segments = std::move(cut.segments);
    std::ranges::move(cut.findings, std::back_inserter(plan_.findings));
    if (entry.applied->undoing()) go_on(entry, step);
    plan_.steps.push_back(std::move(step));
    return true;
  }

  void go_on(const Entry& entry, Step& step) {
    Resume resume = resume_point(entry, *step.part, step.segments);
    std::ranges::move(resume.findings, std::back_inserter(plan_.findings));
    step.first_statement = resume.first_statement;
    step.in_flight = resume.in_flight;
    step.segments = from_statement(std::move(step.segments), resume.first_statement);
  }

  const Part* down_part(const Entry& entry) {
    if (entry.migration && entry.migration->down) return &*entry.migration->down;
    const auto kept = down_texts_.find(entry.id);
    if (kept == down_texts_.end()) return nullptr;
    plan_.recovered.push_back(part_from_text(entry.shown() + " (down, from the history)",
                                             kept->second, {}, plan_.findings));
    return &plan_.recovered.back();
  }

  static Finding no_down(const Entry& entry) {
    return {.id = "no-down",
            .message = fmt::format("cannot undo {}: it has no down part", entry.shown()),
            .next = entry.part() ? "write one (\"-- migrate:down\" in the file, or a .down.sql "
                                   "beside it), or put the way back into a new migration"
                                 : "bring its file back from version control, or put the way back "
                                   "into a new migration"};
  }

  static Finding half_done(const Entry& entry) {
    return {.severity = Severity::warning,
            .id = "half-done",
            .message = fmt::format("{} is half done ({} of {}): its down part is run as a whole",
                                   entry.shown(), entry.applied->statements_done,
                                   counted(entry.applied->statements_total, "statement")),
            .next = "if the down part fails for what is not there: IF EXISTS in it helps"};
  }

  static Finding half_done_without_down(const Entry& entry) {
    return {
        .id = "half-done",
        .message =
            fmt::format("cannot undo {}: it is half done and has no down part", entry.shown()),
        .next = fmt::format("finish it (migrator up); or undo by hand what was kept, and say so:\n"
                            "  migrator repair {} --forget --reason WHY",
                            entry.id)};
  }

  void check_target() {
    if (!target_.to || target_.to->number == 0) return;
    for (const Entry& entry : comparison_.entries)
      if (entry.version == target_.to && entry.applied) return;
    plan_.findings.push_back(
        {.id = "unknown-version",
         .message = fmt::format("version {} is not applied", to_string(*target_.to)),
         .next = "migrator status lists the versions; --to 0 undoes everything"});
  }

  const Comparison& comparison_;
  const DownTarget& target_;
  const AppliedTexts& down_texts_;
  Plan plan_;
};

}  // namespace

Plan plan_down(const Comparison& comparison, const DownTarget& target,
               const AppliedTexts& down_texts) {
  return DownPlanner(comparison, target, down_texts).run();
}

}  // namespace migrator
