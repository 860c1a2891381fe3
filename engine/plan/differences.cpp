#include "engine/plan/differences.h"

#include <fmt/format.h>

#include <limits>

#include "engine/base/diff.h"
#include "engine/base/text.h"
#include "engine/sql/written_out.h"

namespace migrator {
namespace {

std::string newest_applied_file(const Comparison& comparison) {
  std::string newest;
  for (const Entry& entry : comparison.entries)
    if (entry.applied && entry.kind == StepKind::versioned) newest = entry.shown();
  return newest;
}

bool runs_always(const Entry& entry) {
  return entry.seed && entry.part()->directives.run == RunPolicy::always;
}

Finding pending(const Entry& entry) {
  if (entry.applied && runs_always(entry))
    return {.severity = Severity::note,
            .id = "runs-always",
            .message = fmt::format("{} runs with every migrator seed", entry.shown())};
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
          .message = fmt::format("{} is late: {} is applied", entry.shown(),
                                 newest_applied_file(comparison)),
          .next = allowed ? ""
                          : "give it a newer version; or, if it does not depend on the order:\n"
                            "  migrator up --allow-late"};
}

Finding changed(const Entry& entry, const AppliedTexts& texts) {
  return {.id = "changed",
          .message = fmt::format("{} was changed after it was applied", entry.shown()),
          .detail = diff_of(entry, texts),
          .next = fmt::format("undo the edit, and put the change into a new migration:\n"
                              "  migrator new NAME\n"
                              "or, if the database already is as the file says:\n"
                              "  migrator repair {} --accept-file --reason WHY",
                              entry.id)};
}

/// "1 of 3 statements kept, and statement 2 failed"
std::string how_far(const AppliedMigration& row) {
  if (row.statements_done >= row.statements_total)
    return "every statement is kept; only that it finished is not recorded";
  return fmt::format(
      "{} of {} kept, and statement {} {}", row.statements_done,
      counted(row.statements_total, "statement"), row.statements_done + 1,
      row.state == StepState::failed ? "failed" : "was running when its migrator left");
}

std::string next_of_half_done(const Entry& entry) {
  const AppliedMigration& row = *entry.applied;
  const std::string_view command = row.undoing()                ? "migrator down"
                                   : row.kind == StepKind::seed ? "migrator seed"
                                                                : "migrator up";
  if (!entry.part() && !row.undoing())
    return fmt::format("bring its file back from version control, then: {}", command);
  if (row.state == StepState::failed && row.statements_done < row.statements_total)
    return fmt::format("mend the statement that failed, then: {}", command);
  return fmt::format("{} goes on from there, or asks what to decide", command);
}

Finding half_done(const Entry& entry) {
  return {.id = "half-done",
          .message = fmt::format("{} is half {}", entry.shown(),
                                 entry.applied->undoing() ? "undone" : "done"),
          .detail = how_far(*entry.applied),
          .next = next_of_half_done(entry)};
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
          .message = fmt::format("{} is applied, and newer than all of these files: another "
                                 "release did it, or its file is gone",
                                 entry.shown())};
}

Finding cosmetic(const Entry& entry) {
  return {.severity = Severity::note,
          .id = "cosmetic",
          .message = fmt::format("{} differs from what was applied in comments or blanks only",
                                 entry.shown())};
}

}  // namespace

std::string diff_of(const Entry& entry, const AppliedTexts& texts) {
  const auto applied = texts.find(entry.id);
  if (applied == texts.end())
    return "(the applied text was too long to keep; see \"Applied text\" in FORMATS.md)";
  // A file too long to keep was not, so this one may be shown whole.
  constexpr auto no_limit = std::numeric_limits<std::size_t>::max();
  return unified_diff(applied->second, "applied", *text_with_included(*entry.part(), no_limit),
                      entry.shown());
}

Finding finding_of(const Entry& entry, const Comparison& comparison, const AppliedTexts& texts,
                   OrderPolicy order) {
  switch (entry.standing) {
    case Standing::applied:
    case Standing::baseline:
    case Standing::pending:
      return pending(entry);
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
  }
  return pending(entry);
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
