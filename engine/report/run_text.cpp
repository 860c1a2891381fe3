#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/to_text.h"

namespace migrator {
namespace {

std::string_view word_of(StepOutcome outcome) {
  switch (outcome) {
    case StepOutcome::applied:
      return "applied";
    case StepOutcome::undone:
      return "undone";
    case StepOutcome::already_done:
      return "by another";
    case StepOutcome::tried:
      return "tried";
    case StepOutcome::rolled_back:
      return "not kept";
    case StepOutcome::failed:
      return "failed";
  }
  return "";
}

Tone tone_of(StepOutcome outcome) {
  switch (outcome) {
    case StepOutcome::applied:
    case StepOutcome::undone:
      return Tone::good;
    case StepOutcome::already_done:
    case StepOutcome::tried:
    case StepOutcome::rolled_back:
      return Tone::faint;
    case StepOutcome::failed:
      return Tone::bad;
  }
  return Tone::plain;
}

std::size_t count(const RunReport& report, StepOutcome outcome, bool seeds) {
  return static_cast<std::size_t>(std::ranges::count_if(report.results, [&](const StepResult& r) {
    return r.outcome == outcome && (r.kind == StepKind::seed) == seeds;
  }));
}

/// "1 migration undone, 2 migrations and 1 seed applied"
std::string done_text(const RunReport& report) {
  const std::size_t undone = count(report, StepOutcome::undone, false);
  const std::size_t migrations = count(report, StepOutcome::applied, false);
  const std::size_t seeds = count(report, StepOutcome::applied, true);
  std::string text = undone > 0 ? counted(undone, "migration") + " undone" : "";
  if (migrations + seeds == 0) return text;
  if (undone > 0) text += ", ";
  if (migrations > 0) text += counted(migrations, "migration");
  if (migrations > 0 && seeds > 0) text += " and ";
  if (seeds > 0) text += counted(seeds, "seed");
  return text + " applied";
}

std::string sentence(const RunReport& report) {
  if (const std::size_t tried = count(report, StepOutcome::tried, true); tried > 0)
    return counted(tried, "seed") + " tried, and nothing was written";
  const std::string done = done_text(report);
  if (!done.empty()) return done;
  if (report.others_worked) return "nothing left to do: another migrator did it meanwhile";
  return "nothing to do";
}

/// When findings forbade the run, or the second half of a redo.
std::string refusal(const RunReport& report) {
  const std::string done = done_text(report);
  return done.empty() ? "nothing was run" : done + ", and then nothing more";
}

}  // namespace

std::string to_text(const RowChanges& rows) {
  std::string text;
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(rows.created, "created");
  add(rows.updated, "updated");
  add(rows.deleted, "deleted");
  add(rows.unchanged, "unchanged");
  return text.empty() ? "no rows" : text;
}

std::string to_text(const StepResult& result, Style style) {
  const bool ran = result.outcome == StepOutcome::applied ||
                   result.outcome == StepOutcome::undone || result.outcome == StepOutcome::tried;
  std::string text = fmt::format(
      "{} {:<46} {:>9}",
      style.paint(tone_of(result.outcome), fmt::format("{:<10}", word_of(result.outcome))),
      title_of(result.kind, result.id, result.name), ran ? duration_text(result.duration) : "");
  if (ran && result.rows) text += "  " + to_text(*result.rows);
  if (result.retries > 0) text += fmt::format("  {}", counted(result.retries, "retry", "retries"));
  while (text.ends_with(' ')) text.pop_back();
  return text + "\n";
}

std::string to_text(const RunReport& report, Style style) {
  std::string text;
  for (const Finding& finding : report.findings) text += to_text(finding, style);
  if (report.error) text += to_text(*report.error, style);
  // What baseline and repair did is told by their finding.
  const std::string& command = report.head.command;
  if (report.error || command == "baseline" || command == "repair") return text;
  const bool refused = report.head.exit_code != 0;
  return text + closing_text(refused ? Tone::bad : Tone::strong,
                             refused ? refusal(report) : sentence(report), report.head, style);
}

}  // namespace migrator
