#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/to_text.h"
#include "engine/report/wrap.h"

namespace migrator {
namespace {

constexpr std::size_t kWidestTitle = 38;

std::string_view label_of(Standing standing) {
  switch (standing) {
    case Standing::applied:
      return "applied";
    case Standing::cosmetic:
      return "applied*";
    case Standing::baseline:
      return "baseline";
    case Standing::pending:
      return "pending";
    case Standing::late:
      return "late";
    case Standing::changed:
      return "changed";
    case Standing::missing:
      return "missing";
    case Standing::ahead:
      return "no file";
    case Standing::half_done:
      return "half done";
  }
  return "";
}

Tone tone_of(Standing standing) {
  switch (standing) {
    case Standing::applied:
    case Standing::cosmetic:
    case Standing::baseline:
      return Tone::good;
    case Standing::pending:
    case Standing::missing:
      return Tone::warning;
    case Standing::ahead:
      return Tone::faint;
    case Standing::late:
    case Standing::changed:
    case Standing::half_done:
      return Tone::bad;
  }
  return Tone::plain;
}

/// "2026-11-22T10:00:00.123Z" -> "2026-11-22 10:00:00Z"
std::string short_time(std::string_view iso) {
  if (iso.empty()) return {};
  std::string text(iso.substr(0, 19));
  std::ranges::replace(text, 'T', ' ');
  return text + "Z";
}

/// How long it took, or how far it came.
std::string last_column(const StatusLine& line) {
  if (line.standing == Standing::half_done)
    return fmt::format("{} of {}", line.statements_done, line.statements_total);
  return line.duration ? duration_text(*line.duration) : "";
}

/// Cut behind the version, which tells it from all others.
std::string fitted(const std::string& title) {
  if (count_characters(title) <= kWidestTitle) return title;
  return title.substr(0, byte_of_character(title, kWidestTitle - 3)) + "...";
}

std::string line_text(const StatusLine& line, std::size_t width, Style style) {
  const bool ran = line.standing != Standing::pending && line.standing != Standing::late;
  std::string text = fmt::format(
      "{} {:<{}}  {:<20}  {:>8}",
      style.paint(tone_of(line.standing), fmt::format("{:<9}", label_of(line.standing))),
      fitted(title_of(line.kind, line.id, line.name)), width,
      ran ? short_time(line.applied_at) : "", ran ? last_column(line) : "");
  while (text.ends_with(' ')) text.pop_back();
  return text + "\n";
}

std::size_t count(const StatusReport& report, auto standing) {
  return static_cast<std::size_t>(
      std::ranges::count(report.lines, standing, &StatusLine::standing));
}

std::string summary(const StatusReport& report) {
  const std::size_t applied = count(report, Standing::applied) + count(report, Standing::cosmetic) +
                              count(report, Standing::ahead) + count(report, Standing::missing) +
                              count(report, Standing::changed);
  std::string text =
      fmt::format("{} applied, {} pending", applied, count(report, Standing::pending));
  for (const Standing standing :
       {Standing::late, Standing::changed, Standing::missing, Standing::half_done})
    if (const std::size_t n = count(report, standing))
      text += fmt::format(", {} {}", n, label_of(standing));
  return text;
}

}  // namespace

std::string to_text(const StatusReport& report, Style style) {
  std::string text = where(report.head) + "\n\n";
  std::size_t width = 10;
  for (const StatusLine& line : report.lines)
    width = std::max(width, count_characters(title_of(line.kind, line.id, line.name)));
  width = std::min(width, kWidestTitle);
  bool in_seeds = false;
  for (const StatusLine& line : report.lines) {
    if (line.kind == StepKind::seed && !in_seeds)
      text += "\n" + style.paint(Tone::strong, "seeds") + "\n";
    in_seeds = line.kind == StepKind::seed;
    text += line_text(line, width, style);
  }
  if (!report.lines.empty()) text += "\n";
  for (const Finding& finding : report.findings)
    if (finding.id != "pending") text += to_text(finding, style);
  if (report.running)
    text += style.paint(Tone::strong, "running") + "   " + wrap(to_text(*report.running), 10);
  text += style.paint(Tone::strong, summary(report));
  return text + "\n";
}

}  // namespace migrator
