#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/observed.h"
#include "engine/report/to_text.h"
#include "engine/report/wrap.h"

namespace migrator {
namespace {

std::string all_of(const std::vector<Finding>& findings, Style style) {
  std::string text;
  for (const Finding& finding : findings) text += to_text(finding, style);
  return text;
}

/// "1 error, 2 warnings"; empty when there are notes at most.
std::string counts_of(const std::vector<Finding>& findings) {
  std::string text;
  for (const Severity severity : {Severity::error, Severity::warning}) {
    const auto n =
        static_cast<std::size_t>(std::ranges::count(findings, severity, &Finding::severity));
    if (n > 0) text += (text.empty() ? "" : ", ") + counted(n, word_of(severity));
  }
  return text;
}

/// "key  value  origin"; an origin that does not fit stands below its value.
std::string line_text(const ConfigLine& line, std::size_t key_width, std::size_t value_width,
                      Style style) {
  const std::string front = fmt::format("{:<{}}  {}", line.key, key_width, line.value);
  if (line.origin.empty()) return front + "\n";
  const std::size_t column = key_width + value_width + 3;
  const std::size_t used = count_characters(front);
  const bool fits = used < column && column + count_characters(line.origin) <= kColumns;
  const std::string gap =
      fits ? std::string(column - used, ' ') : "\n" + std::string(key_width + 2, ' ');
  return front + gap + style.paint(Tone::faint, line.origin) + "\n";
}

constexpr std::size_t kWidestValue = 18;

/// Of `diff`, which compares and judges nothing else.
std::string sentence_of_drift(const CheckReport& report, const std::string& counts) {
  const std::size_t count = report.drift->size();
  if (count == 0) return counts.empty() ? "the database is as its migrations make it" : counts;
  return fmt::format("{} from what the migrations make",
                     count == 1 ? "1 object differs" : fmt::format("{} objects differ", count));
}

std::string sentence_of(const CheckReport& report, const std::string& counts) {
  if (report.head.command == "diff" && report.drift) return sentence_of_drift(report, counts);
  return fmt::format("{} in {} and {}", counts.empty() ? "nothing wrong" : counts,
                     counted(report.migrations, "migration"), counted(report.seeds, "seed"));
}

}  // namespace

std::string to_text(const CheckReport& report, Style style) {
  const std::string counts = counts_of(report.findings);
  const std::string sentence = sentence_of(report, counts);
  std::string text = all_of(report.findings, style);
  for (const std::string& proved : report.proved) text += proved + "\n";
  if (report.observed) text += observed_text(*report.observed, style);
  const Tone tone = counts.empty() ? Tone::good : Tone::bad;
  if (report.head.database) return text + closing_text(tone, sentence, report.head, style);
  return text + style.paint(tone, sentence) + " (files alone)\n";
}

std::string to_text(const ConfigReport& report, Style style) {
  std::size_t key_width = 0;
  std::size_t value_width = 0;
  for (const ConfigLine& line : report.lines) {
    key_width = std::max(key_width, count_characters(line.key));
    const std::size_t width = count_characters(line.value);
    if (width <= kWidestValue) value_width = std::max(value_width, width);
  }
  std::string text;
  for (const ConfigLine& line : report.lines)
    text += line_text(line, key_width, value_width, style);
  return text + all_of(report.findings, style);
}

std::string to_text(const FactsReport& report, Style style) {
  std::string text = all_of(report.findings, style);
  if (!report.sentence.empty()) text += report.sentence + "\n";
  return text;
}

}  // namespace migrator
