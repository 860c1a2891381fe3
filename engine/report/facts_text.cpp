#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/to_text.h"

namespace migrator {
namespace {

std::string all_of(const std::vector<Finding>& findings, Style style) {
  std::string text;
  for (const Finding& finding : findings) text += to_text(finding, style);
  return text;
}

}  // namespace

std::string to_text(const CheckReport& report, Style style) {
  const auto worse = std::ranges::count_if(
      report.findings, [](const Finding& finding) { return finding.severity != Severity::note; });
  const std::string looked_at = fmt::format(
      "{} and {}{}", counted(report.migrations, "migration"), counted(report.seeds, "seed"),
      report.head.database ? ", against " + where(report.head)
                           : ", files alone (no database was asked)");
  const std::string verdict =
      worse == 0 ? style.paint(Tone::good, "nothing wrong")
                 : style.paint(Tone::bad, counted(static_cast<std::size_t>(worse), "finding"));
  return all_of(report.findings, style) + fmt::format("{} in {}\n", verdict, looked_at);
}

std::string to_text(const ConfigReport& report, Style style) {
  std::string text;
  for (const ConfigLine& line : report.lines)
    text += fmt::format("{:<22} {:<38} {}\n", line.key, line.value,
                        style.paint(Tone::faint, line.origin));
  return text + all_of(report.findings, style);
}

std::string to_text(const FactsReport& report, Style style) {
  std::string text = all_of(report.findings, style);
  if (!report.sentence.empty()) text += report.sentence + "\n";
  return text;
}

}  // namespace migrator
