#include "engine/plan/differences.h"

#include <fmt/format.h>

#include "engine/base/diff.h"
#include "engine/base/text.h"

namespace migrator {
namespace {

std::string diff_of(const Entry& entry, const AppliedTexts& texts) {
  const auto applied = texts.find(entry.id);
  if (applied == texts.end())
    return "(the applied text was too long to keep; see \"Applied text\" in FORMATS.md)";
  return unified_diff(applied->second, "applied", entry.part()->text, entry.shown());
}

std::string newest_applied_file(const Comparison& comparison) {
  std::string newest;
  for (const Entry& entry : comparison.entries)
    if (entry.applied && entry.kind == StepKind::versioned) newest = entry.shown();
  return newest;
}

Finding pending(const Entry& entry) {
  return {.severity = Severity::warning,
          .id = "pending",
          .message = entry.applied ? fmt::format("{} differs from what was run last", entry.shown())
                                   : fmt::format("{} is not applied", entry.shown()),
          .next = entry.kind == StepKind::seed ? "migrator seed" : "migrator up"};
}

Finding late(const Entry& entry, const Comparison& comparison, OrderPolicy order) {
  const bool allowed = order == OrderPolicy::any;
  return {.severity = allowed ? Severity::note : Severity::error,
          .id = "late",
          .message = fmt::format("{} is late: {} is applied already", entry.shown(),
                                 newest_applied_file(comparison)),
          .next = allowed ? ""
                          : "give it a newer version; or, if it does not depend on the order: "
                            "migrator up --allow-late"};
}

Finding changed(const Entry& entry, const AppliedTexts& texts) {
  return {.id = "changed",
          .message = fmt::format("{} was changed after it was applied ({})", entry.shown(),
                                 entry.applied->started_at),
          .detail = diff_of(entry, texts),
          .next = fmt::format("undo the edit and put the change into a new migration (migrator new "
                              "NAME); or, if the database already is as the file says: migrator "
                              "repair {} --accept-file --reason WHY",
                              entry.id)};
}

Finding half_done(const Entry& entry) {
  const AppliedMigration& row = *entry.applied;
  const bool failed = row.state == StepState::failed;
  const std::string_view command = row.undoing() ? "migrator down" : "migrator up";
  return {
      .id = "half-done",
      .message = fmt::format("{} is half {}: {} of {} kept, and statement {} {}", entry.shown(),
                             row.undoing() ? "undone" : "done", row.statements_done,
                             counted(row.statements_total, "statement"), row.statements_done + 1,
                             failed ? "failed" : "was running when its migrator left"),
      .next = failed ? fmt::format("mend the statement that failed, then: {}", command)
                     : fmt::format("{} goes on from there where that is safe, and says so "
                                   "where it is not",
                                   command)};
}

Finding missing(const Entry& entry) {
  return {.severity = Severity::warning,
          .id = "missing",
          .message = fmt::format("{} is applied, but its file is gone", entry.shown()),
          .next = "bring the file back from version control"};
}

Finding ahead(const Entry& entry) {
  return {.severity = Severity::note,
          .id = "ahead",
          .message = fmt::format("{} is applied and not among these files: another release did it",
                                 entry.shown())};
}

Finding cosmetic(const Entry& entry) {
  return {.severity = Severity::note,
          .id = "cosmetic",
          .message = fmt::format(
              "{} differs from what was applied only in comments or white space: accepted",
              entry.shown())};
}

}  // namespace

Finding finding_of(const Entry& entry, const Comparison& comparison, const AppliedTexts& texts,
                   OrderPolicy order) {
  switch (entry.standing) {
    case Standing::late:
      return late(entry, comparison, order);
    case Standing::changed:
      return changed(entry, texts);
    case Standing::half_done:
      return half_done(entry);
    case Standing::missing:
      return missing(entry);
    case Standing::ahead:
      return ahead(entry);
    case Standing::cosmetic:
      return cosmetic(entry);
    default:
      return pending(entry);
  }
}

std::vector<Finding> findings_of(const Comparison& comparison, const AppliedTexts& texts,
                                 OrderPolicy order) {
  std::vector<Finding> findings;
  for (const Entry& entry : comparison.entries) {
    if (entry.standing == Standing::applied || entry.standing == Standing::baseline) continue;
    // Seeds of other environments stay in the history without being anybody's concern.
    if (entry.standing == Standing::ahead && entry.kind != StepKind::versioned) continue;
    findings.push_back(finding_of(entry, comparison, texts, order));
  }
  return findings;
}

}  // namespace migrator
