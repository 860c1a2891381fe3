#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/report/to_text.h"

namespace migrator {
namespace {

std::string one_line(std::string_view sql, std::size_t width) {
  std::string text;
  for (const char c : sql) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) text += c;
    if (blank && !text.empty() && !text.ends_with(' ')) text += ' ';
    if (text.size() > width * 4) break;
  }
  if (count_characters(text) > width)
    text = text.substr(0, byte_of_character(text, width - 3)) + "...";
  return text;
}

std::string outline(const PlannedStep& step, Style style) {
  std::string text = fmt::format(
      "{} {}\n", style.paint(Tone::strong, step.action == StepAction::undo ? "undo" : "apply"),
      title_of(step.kind, step.id, step.name));
  if (step.first_statement > 0)
    text += fmt::format("  goes on at statement {}\n", step.first_statement + 1);
  for (const PlannedSegment& segment : step.segments) {
    const std::string why = segment.why.empty() ? "" : ": " + segment.why;
    text += style.paint(Tone::faint,
                        segment.transactional ? "  one transaction" + why : "  alone" + why) +
            "\n";
    for (const PlannedStatement& statement : segment.statements)
      text += fmt::format(
          "    {} {}\n", style.paint(Tone::faint, fmt::format("{}:{}", step.file, statement.line)),
          one_line(statement.sql, 72 - std::min<std::size_t>(step.file.size(), 40)));
  }
  return text;
}

std::string sql_text(const PlannedStep& step) {
  std::string text = fmt::format("-- {}\n", step.file);
  for (const PlannedSegment& segment : step.segments) {
    if (segment.transactional) text += "BEGIN;\n";
    for (const PlannedStatement& statement : segment.statements)
      text += fmt::format("-- {}:{}\n{};\n", step.file, statement.line, statement.sql);
    if (segment.transactional) text += "COMMIT;\n";
  }
  return text;
}

}  // namespace

std::string to_text(const PlanReport& report, PlanDetail detail, Style style) {
  std::string text;
  for (const Finding& finding : report.findings)
    if (finding.id != "pending") text += to_text(finding, style);
  if (detail == PlanDetail::sql) {
    for (const PlannedStep& step : report.steps) text += sql_text(step);
    return text;
  }
  for (const PlannedStep& step : report.steps) text += outline(step, style);
  const std::string_view verb = report.steps.empty() ? "nothing to do" : "to do";
  return text + (report.steps.empty()
                     ? fmt::format("{} ({})\n", style.paint(Tone::strong, verb), where(report.head))
                     : fmt::format("{} {} ({})\n",
                                   style.paint(Tone::strong, counted(report.steps.size(), "step")),
                                   verb, where(report.head)));
}

}  // namespace migrator
