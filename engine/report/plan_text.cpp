#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/report/to_text.h"
#include "engine/report/wrap.h"

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

std::string outline(const PlannedSegment& segment, Style style) {
  constexpr std::size_t kLineNumber = 6;
  const std::string why = segment.why.empty() ? "" : ": " + segment.why;
  std::string text =
      style.paint(Tone::faint, (segment.transactional ? "  one transaction" : "  alone") + why) +
      "\n";
  for (const PlannedStatement& statement : segment.statements)
    text += fmt::format(
        "{}  {}\n", style.paint(Tone::faint, fmt::format("{:>{}}", statement.line, kLineNumber)),
        one_line(statement.sql, kColumns - kLineNumber - 2));
  return text;
}

/// The file, then each statement with its line in it.
std::string outline(const PlannedStep& step, Style style) {
  std::string text = fmt::format("{} {}\n", step.action == StepAction::undo ? "undo" : "apply",
                                 style.paint(Tone::strong, step.file));
  if (step.first_statement > 0)
    text += fmt::format("  goes on at statement {}\n", step.first_statement + 1);
  for (const PlannedSegment& segment : step.segments) text += outline(segment, style);
  return text;
}

/// As comments: what is printed here is for psql to read.
std::string as_comments(const Finding& finding) {
  std::string text;
  const std::string plain = to_text(finding, Style{});
  for (const std::string_view line : split_lines(plain)) text += fmt::format("-- {}\n", line);
  return text;
}

std::string sql_text(const PlannedStep& step) {
  std::string text;
  for (const PlannedSegment& segment : step.segments) {
    if (segment.transactional) text += "BEGIN;\n";
    for (const PlannedStatement& statement : segment.statements) {
      text += fmt::format("-- {}:{}\n{};\n", step.file, statement.line, statement.sql);
      if (statement.copies) text += statement.data + "\\.\n";
    }
    if (segment.transactional) text += "COMMIT;\n";
  }
  return text;
}

/// A refused plan is not to be run by hand either: only why.
std::string sql_text(const PlanReport& report) {
  std::string text;
  for (const Finding& finding : report.findings) text += as_comments(finding);
  if (report.head.exit_code != 0) return text;
  for (const PlannedStep& step : report.steps) text += sql_text(step);
  return text;
}

}  // namespace

std::string to_text(const PlanReport& report, PlanDetail detail, Style style) {
  if (detail == PlanDetail::sql) return sql_text(report);
  std::string text;
  for (const Finding& finding : report.findings) text += to_text(finding, style);
  for (const PlannedStep& step : report.steps) text += outline(step, style);
  const bool refused = report.head.exit_code != 0;
  std::string sentence =
      report.steps.empty() ? "nothing to do" : counted(report.steps.size(), "step") + " to do";
  if (refused) sentence += ", refused as things stand";
  return text + closing_text(refused ? Tone::bad : Tone::strong, sentence, report.head, style);
}

}  // namespace migrator
