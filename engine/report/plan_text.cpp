#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/lock_text.h"
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

std::string_view heading(const PlannedSegment& segment, bool one_for_all) {
  if (!segment.transactional) return "  alone";
  return one_for_all ? "  in the transaction of the whole run" : "  one transaction";
}

std::string outline(const PlannedSegment& segment, const std::string& own_file, bool one_for_all,
                    Style style) {
  constexpr std::size_t kLineNumber = 6;
  const std::string why = segment.why.empty() ? "" : ": " + segment.why;
  std::string text =
      style.paint(Tone::faint, std::string(heading(segment, one_for_all)) + why) + "\n";
  for (const PlannedStatement& statement : segment.statements) {
    const std::string line = std::to_string(statement.line);
    const std::string place = statement.file.empty() ? line : statement.file + ":" + line;
    const std::string number = fmt::format("{:>{}}", place, kLineNumber);
    const std::size_t left = kColumns - std::min(count_characters(number) + 2, kColumns / 2);
    text += fmt::format("{}  {}\n", style.paint(Tone::faint, number),
                        one_line(statement.written, left));
    text += lock_text(statement.forecast, statement.file.empty() ? own_file : statement.file,
                      kLineNumber + 4, style);
  }
  return text;
}

/// The file, then each statement with its line in it.
std::string outline(const PlannedStep& step, bool one_for_all, Style style) {
  std::string text = fmt::format("{} {}\n", step.action == StepAction::undo ? "undo" : "apply",
                                 style.paint(Tone::strong, step.file));
  if (step.first_statement > 0)
    text += fmt::format("  goes on at statement {}\n", step.first_statement + 1);
  for (const PlannedSegment& segment : step.segments)
    text += outline(segment, step.file, one_for_all, style);
  return text;
}

/// As comments: what is printed here is for psql to read.
std::string as_comments(const std::string& plain) {
  std::string text;
  for (const std::string_view line : split_lines(plain)) text += fmt::format("-- {}\n", line);
  return text;
}

std::string sql_text(const PlannedStep& step, bool one_for_all) {
  std::string text;
  if (!step.variables.empty())
    text += fmt::format("-- {}: without the values of {}\n", step.file,
                        fmt::join(step.variables, ", "));
  for (const PlannedSegment& segment : step.segments) {
    const bool own = segment.transactional && !one_for_all;
    if (own) text += "BEGIN;\n";
    for (const PlannedStatement& statement : segment.statements) {
      const std::string& file = statement.file.empty() ? step.file : statement.file;
      text += fmt::format("-- {}:{}\n", file, statement.line);
      text += as_comments(lock_text(statement.forecast, file, 0, Style{}));
      text += statement.sql + ";\n";
      if (statement.copies) text.append(statement.data).append("\\.\n");
    }
    if (own) text += "COMMIT;\n";
  }
  return text;
}

/// A refused plan is not to be run by hand either: only why.
std::string sql_text(const PlanReport& report) {
  std::string text;
  for (const Finding& finding : report.findings) text += as_comments(to_text(finding, Style{}));
  if (report.head.exit_code != 0) return text;
  const bool one_for_all = report.single_transaction && !report.steps.empty();
  if (one_for_all) text += "BEGIN;\n";
  for (const PlannedStep& step : report.steps) text += sql_text(step, one_for_all);
  if (one_for_all) text += "COMMIT;\n";
  return text;
}

}  // namespace

std::string to_text(const PlanReport& report, PlanDetail detail, Style style) {
  if (detail == PlanDetail::sql) return sql_text(report);
  std::string text;
  for (const Finding& finding : report.findings) text += to_text(finding, style);
  for (const PlannedStep& step : report.steps)
    text += outline(step, report.single_transaction, style);
  const bool refused = report.head.exit_code != 0;
  std::string sentence =
      report.steps.empty() ? "nothing to do" : counted(report.steps.size(), "step") + " to do";
  if (refused) sentence += ", refused as things stand";
  return text + closing_text(refused ? Tone::bad : Tone::strong, sentence, report.head, style);
}

}  // namespace migrator
