#include "engine/plan/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <set>

#include "engine/base/text.h"
#include "engine/plan/resume.h"
#include "engine/plan/seed_turns.h"
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
Step step_of(const Entry& entry, const AppliedTexts& texts, NewLabels* labels, CutParts& cuts,
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
  if (entry.seed) step.after = entry.seed->after;
  if (entry.applied) step.previous = seen(*entry.applied);
  if (labels) {
    if (entry.standing == Standing::half_done) findings.push_back(half_done_in_one(step));
    Segments one = cut_as_one(*step.part, *labels);
    append(findings, std::move(one.findings));
    step.segments = std::move(one.segments);
    return step;
  }
  const Segments& cut = cuts.of(*step.part);
  append(findings, cut.findings);
  step.segments = cut.segments;
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
            const AppliedTexts& texts, CutParts& cuts)
      : comparison_(comparison), target_(target), texts_(texts), cuts_(cuts) {
    plan_.findings = project.findings;
    plan_.dry_run = target.dry_run;
    plan_.single_transaction = target.single_transaction || target.dry_run;
  }

  Plan run() {
    SeedTurns seeds(pending_seeds());
    note_what_is_there();
    if (target_.migrations) {
      for (const Entry& entry : comparison_.entries)
        if (entry.kind == StepKind::versioned) consider_versioned(entry, seeds);
      check_target();
    }
    take(seeds.behind_the_last(applied_));
    if (target_.migrations) {
      if (!left_pending_)
        for (const Entry& entry : comparison_.entries)
          if (entry.kind == StepKind::repeatable) consider_repeatable(entry);
    }
    if (!left_pending_) {
      take(seeds.at_the_end(applied_));
      for (const SeedTurns::Waiting& one : seeds.left(applied_)) tell_of_waiting(one);
      for (const Entry& entry : comparison_.entries)
        if (target_.seeds && entry.kind == StepKind::seed) tend(entry, is_seed_again(entry));
    }
    return std::move(plan_);
  }

 private:
  void complain(const Entry& entry) {
    plan_.findings.push_back(finding_of(entry, comparison_, texts_, target_.order));
  }

  bool beyond_target(const Entry& entry) const {
    return (target_.to && entry.version > target_.to) ||
           (target_.steps && taken_ >= *target_.steps);
  }

  void take(const Entry& entry) {
    NewLabels* const labels = plan_.single_transaction ? &labels_ : nullptr;
    plan_.steps.push_back(step_of(entry, texts_, labels, cuts_, plan_.findings));
  }

  void take(const std::vector<const Entry*>& entries) {
    for (const Entry* entry : entries) take(*entry);
  }

  /// As far as a seed may ask.
  static bool is_there(const Entry& entry) {
    return entry.version && entry.standing != Standing::pending &&
           entry.standing != Standing::late && entry.standing != Standing::half_done;
  }

  /// What a baseline stands for may have no entry of its own.
  void note_what_is_there() {
    std::optional<Version> baseline;
    for (const Entry& entry : comparison_.entries) {
      if (is_there(entry)) applied_.insert(*entry.version);
      if (entry.kind == StepKind::baseline) baseline = std::max(baseline, entry.version);
    }
    for (const Entry& entry : comparison_.entries) {
      if (!entry.seed || !baseline) continue;
      const auto& needed = entry.part()->directives.needed_version;
      if (needed && Version{*needed} <= *baseline) applied_.insert(Version{*needed});
    }
  }

  std::vector<const Entry*> pending_seeds() {
    std::vector<const Entry*> seeds;
    for (const Entry& entry : comparison_.entries)
      if (target_.seeds && entry.kind == StepKind::seed && is_to_run(entry, is_seed_again(entry)))
        seeds.push_back(&entry);
    return seeds;
  }

  bool is_seed_again(const Entry& entry) const {
    if (target_.seeds_again || !target_.seeds_verified || !entry.part()) return target_.seeds_again;
    return entry.part()->is_generated() && entry.part()->directives.run != RunPolicy::once;
  }

  void tell_of_waiting(const SeedTurns::Waiting& waiting) {
    const std::string version = to_string(waiting.version);
    const bool is_known = std::ranges::find(comparison_.entries, waiting.version,
                                            &Entry::version) != comparison_.entries.end();
    if (!is_known)
      return plan_.findings.push_back(
          {.id = "unknown-version",
           .message = fmt::format("{} requires the migration {}, and there is none",
                                  waiting.seed->shown(), version),
           .place = Place{.file = waiting.seed->shown()},
           .next = "migrator status lists the versions"});
    plan_.findings.push_back(
        {.severity = Severity::note,
         .id = "seed-waits",
         .message = fmt::format("{} waits for the migration {}", waiting.seed->shown(), version),
         .place = Place{.file = waiting.seed->shown()},
         .next = "migrator up, then migrator seed"});
  }

  void refresh(const Entry& entry) {
    plan_.refreshes.push_back({entry.id, *entry.checksums(), kept_text_of(*entry.part())});
    complain(entry);
  }

  bool is_meant(const Entry& entry) const {
    return target_.only.empty() || std::ranges::find(target_.only, entry.id) != target_.only.end();
  }

  void consider_versioned(const Entry& entry, SeedTurns& seeds) {
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
        return consider_to_apply(entry, seeds);
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

  void consider_to_apply(const Entry& entry, SeedTurns& seeds) {
    if (entry.applied && entry.applied->undoing()) return complain(entry);
    if (beyond_target(entry)) {
      left_pending_ = true;
      return;
    }
    if (!entry.part()) return complain(entry);  // half done, and its file is gone
    if (entry.standing == Standing::late) complain(entry);
    take(seeds.before(*entry.version, applied_));
    take(entry);
    applied_.insert(*entry.version);
    ++taken_;
  }

  void consider_repeatable(const Entry& entry) {
    tend(entry, false);
    if (is_to_run(entry, false)) take(entry);
  }

  static bool is_to_run(const Entry& entry, bool again) {
    if (!entry.part()) return false;
    return again || entry.standing == Standing::pending || entry.standing == Standing::half_done;
  }

  /// What there is to say of one that can be run again, or to bring up to date.
  void tend(const Entry& entry, bool again) {
    if (!entry.part() && entry.standing == Standing::half_done) complain(entry);
    if (entry.part() && entry.standing == Standing::cosmetic && !again) refresh(entry);
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
  CutParts& cuts_;
  Plan plan_;
  NewLabels labels_;
  std::set<Version> applied_ = {};  ///< before the run, or by the steps so far
  std::size_t taken_ = 0;           ///< of the versioned ones
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
             const AppliedTexts& texts, CutParts& cuts) {
  return UpPlanner(project, comparison, target, texts, cuts).run();
}

Plan plan_up(const Project& project, const Comparison& comparison, const UpTarget& target,
             const AppliedTexts& texts) {
  CutParts cuts;
  return plan_up(project, comparison, target, texts, cuts);
}

}  // namespace migrator
