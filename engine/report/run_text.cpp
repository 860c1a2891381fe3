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

/// "2 migrations and 1 seed applied"
std::string done_text(const RunReport& report) {
  std::vector<std::string> parts;
  const std::size_t migrations = count(report, StepOutcome::applied, false);
  const std::size_t seeds = count(report, StepOutcome::applied, true);
  const std::size_t undone = count(report, StepOutcome::undone, false);
  if (undone > 0) parts.push_back(counted(undone, "migration") + " undone");
  if (migrations > 0) parts.push_back(counted(migrations, "migration") + " applied");
  if (seeds > 0) parts.push_back(counted(seeds, "seed") + " run");
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? ", " : "") + parts[i];
  return text;
}

std::string sentence(const RunReport& report) {
  const std::string done = done_text(report);
  if (!done.empty()) return done;
  if (report.others_worked) return "nothing left to do: another migrator did it meanwhile";
  return "nothing to do";
}

}  // namespace

std::string to_text(const StepResult& result, Style style) {
  std::string text = fmt::format(
      "{} {:<46} {:>9}",
      style.paint(tone_of(result.outcome), fmt::format("{:<10}", word_of(result.outcome))),
      title_of(result.kind, result.id, result.name),
      result.outcome == StepOutcome::failed ? "" : duration_text(result.duration));
  if (result.retries > 0) text += fmt::format("  {}", counted(result.retries, "retry", "retries"));
  while (text.ends_with(' ')) text.pop_back();
  return text + "\n";
}

std::string to_text(const RunReport& report, Style style) {
  std::string text;
  for (const Finding& finding : report.findings) text += to_text(finding, style);
  if (report.error) text += to_text(*report.error, style);
  if (report.error || report.head.exit_code != 0) return text;
  return text +
         fmt::format("{} ({})\n", style.paint(Tone::strong, sentence(report)), where(report.head));
}

}  // namespace migrator
