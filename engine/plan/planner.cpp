#include "engine/plan/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "engine/base/text.h"
#include "engine/plan/resume.h"
#include "engine/sql/written_out.h"

namespace migrator {
namespace {

bool is_error(const Finding& finding) {
  return finding.severity == Severity::error;
}

void append(std::vector<Finding>& all, std::vector<Finding> more) {
  std::ranges::move(more, std::back_inserter(all));
}

Finding half_done_in_one(const Step& step) {
  return {.id = "single-transaction",
          .message = fmt::format("{} is half done, and cannot be part of a single transaction",
                                 step.part->file),
          .place = Place{.file = step.part->file},
          .next = "finish it without --single-transaction first"};
}

/// `labels` where all steps are to be one transaction: the enum labels that it has added so far.
Step step_of(const Entry& entry, const AppliedTexts& texts, NewLabels* labels,
             std::vector<Finding>& findings) {
  Step step{
      .kind = entry.kind,
      .id = entry.id,
      .version = entry.version,
      .name = entry.name,
      .part = entry.part(),
      .down = entry.migration && entry.migration->down ? &*entry.migration->down : nullptr,
      .checksums = *entry.checksums(),
      .segments = {},
  };
  if (entry.applied) step.previous = seen(*entry.applied);
  if (labels) {
    if (entry.standing == Standing::half_done) findings.push_back(half_done_in_one(step));
    Segments one = cut_as_one(*step.part, *labels);
    append(findings, std::move(one.findings));
    step.segments = std::move(one.segments);
    return step;
  }
  Segments cut = cut_segments(*step.part);
  append(findings, std::move(cut.findings));
  step.segments = std::move(cut.segments);
  if (entry.standing != Standing::half_done) return step;
  Resume resume = resume_point(entry, *step.part, step.segments);
  for (Finding& finding : resume.findings)
    if (finding.id == "done-statement-changed") finding.detail = diff_of(entry, texts);
  append(findings, std::move(resume.findings));
  step.first_statement = resume.first_statement;
  step.in_flight = resume.in_flight;
  step.segments = from_statement(std::move(step.segments), resume.first_statement);
  return step;
}

class UpPlanner {
 public:
  UpPlanner(const Project& project, const Comparison& comparison, const UpTarget& target,
            const AppliedTexts& texts)
      : comparison_(comparison), target_(target), texts_(texts) {
    plan_.findings = project.findings;
    plan_.dry_run = target.dry_run;
    plan_.single_transaction = target.single_transaction || target.dry_run;
  }

  Plan run() {
    if (target_.migrations) {
      for (const Entry& entry : comparison_.entries)
        if (entry.kind == StepKind::versioned) consider_versioned(entry);
      check_target();
      if (!left_pending_)
        for (const Entry& entry : comparison_.entries)
          if (entry.kind == StepKind::repeatable) consider_rerunnable(entry, false);
    }
    if (target_.seeds && !left_pending_)
      for (const Entry& entry : comparison_.entries)
        if (entry.kind == StepKind::seed) consider_rerunnable(entry, target_.seeds_again);
    return std::move(plan_);
  }

 private:
  void complain(const Entry& entry) {
    plan_.findings.push_back(finding_of(entry, comparison_, texts_, target_.order));
  }

  bool beyond_target(const Entry& entry) const {
    return (target_.to && entry.version > target_.to) ||
           (target_.steps && plan_.steps.size() >= *target_.steps);
  }

  void take(const Entry& entry) {
    NewLabels* const labels = plan_.single_transaction ? &labels_ : nullptr;
    plan_.steps.push_back(step_of(entry, texts_, labels, plan_.findings));
  }

  void refresh(const Entry& entry) {
    plan_.refreshes.push_back({entry.id, *entry.checksums(), kept_text_of(*entry.part())});
    complain(entry);
  }

  bool is_meant(const Entry& entry) const {
    return target_.only.empty() || std::ranges::find(target_.only, entry.id) != target_.only.end();
  }

  void consider_versioned(const Entry& entry) {
    if (!is_meant(entry)) {
      if (entry.standing == Standing::changed) complain(entry);
      left_pending_ =
          left_pending_ || entry.standing == Standing::pending || entry.standing == Standing::late;
      return;
    }
    switch (entry.standing) {
      case Standing::pending:
      case Standing::late:
      case Standing::half_done:
        return consider_to_apply(entry);
      case Standing::changed:
      case Standing::missing:
      case Standing::ahead:
        return complain(entry);
      case Standing::cosmetic:
        return refresh(entry);
      case Standing::applied:
      case Standing::baseline:
        return;
    }
  }

  void consider_to_apply(const Entry& entry) {
    if (entry.applied && entry.applied->undoing()) return complain(entry);
    if (beyond_target(entry)) {
      left_pending_ = true;
      return;
    }
    if (!entry.part()) return complain(entry);  // half done, and its file is gone
    if (entry.standing == Standing::late) complain(entry);
    take(entry);
  }

  void consider_rerunnable(const Entry& entry, bool again) {
    if (!entry.part() && entry.standing == Standing::half_done) return complain(entry);
    if (!entry.part()) return;
    if (entry.standing == Standing::cosmetic && !again) return refresh(entry);
    if (again || entry.standing == Standing::pending || entry.standing == Standing::half_done)
      take(entry);
  }

  /// A version that nobody knows is a slip of the finger, not a request to do nothing.
  void check_target() {
    for (const std::string& id : target_.only) check_known(id);
    if (!target_.to) return;
    const bool known = std::ranges::any_of(
        comparison_.entries, [&](const Entry& entry) { return entry.version == target_.to; });
    if (known) return;
    plan_.findings.push_back(
        {.id = "unknown-version",
         .message = fmt::format("there is no migration {}", to_string(*target_.to)),
         .next = "migrator status lists the versions"});
  }

  void check_known(const std::string& id) {
    const bool known = std::ranges::any_of(comparison_.entries, [&](const Entry& entry) {
      return entry.id == id && entry.part() != nullptr;
    });
    if (known) return;
    plan_.findings.push_back({.id = "unknown-version",
                              .message = fmt::format("there is no file of migration {}", id),
                              .next = "bring it back from version control"});
  }

  const Comparison& comparison_;
  const UpTarget& target_;
  const AppliedTexts& texts_;
  Plan plan_;
  NewLabels labels_;
  bool left_pending_ = false;
};

}  // namespace

std::optional<std::string> kept_text_of(const Part& part) {
  if (part.is_generated()) return std::nullopt;  // no diff is ever shown of it
  return text_with_included(part, kAppliedTextLimit);
}

RowSeen seen(const AppliedMigration& row) {
  return {.run_id = row.run_id, .fence = row.fence, .statements_done = row.statements_done};
}

bool Step::atomic() const {
  return segments.empty() || (segments.size() == 1 && segments[0].transactional);
}

bool Plan::is_refused() const {
  return std::ranges::any_of(findings, is_error);
}

Plan plan_up(const Project& project, const Comparison& comparison, const UpTarget& target,
             const AppliedTexts& texts) {
  return UpPlanner(project, comparison, target, texts).run();
}

}  // namespace migrator
