#include "engine/lint/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace migrator {
namespace {

constexpr std::string_view kTitle = "# migrator check baseline, format 1: RULE STATEMENT FILE\n";
constexpr std::size_t kDigits = 16;

bool is_recorded(const Finding& finding) {
  return !finding.fingerprint.empty() && finding.place.has_value();
}

std::string line_of(std::string_view rule, std::string_view fingerprint, std::string_view file) {
  return fmt::format("{} {} {}", rule, fingerprint, file);
}

std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

}  // namespace

std::string write_baseline(const std::vector<Finding>& findings,
                           const std::vector<std::string>& kept) {
  std::vector<std::string> lines = kept;
  for (const Finding& finding : findings)
    if (is_recorded(finding))
      lines.push_back(line_of(finding.id, finding.fingerprint, finding.place->file));
  // By file, then by rule: both stand in front of what tells them apart.
  std::ranges::sort(lines, {}, [](std::string_view line) {
    const std::size_t file = line.find(' ', line.find(' ') + 1);
    return std::pair(line.substr(file), line.substr(0, file));
  });
  std::string text(kTitle);
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

Baseline::Baseline(std::string_view text, std::string file) : file_(std::move(file)) {
  std::size_t number = 0;
  for (std::string_view line : split_lines(text)) {
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    Entry entry;
    entry.rule = take_word(line);
    entry.fingerprint = take_word(line);
    entry.file = line;
    if (entry.file.empty() || entry.fingerprint.size() != kDigits)
      throw Error(ErrorKind::configuration,
                  {.id = "baseline-invalid",
                   .message = "this is no line of a baseline: RULE STATEMENT FILE",
                   .place = Place{.file = file_, .line = number},
                   .next = "write it anew: migrator check --write-baseline " + file_});
    lines_[std::move(entry)].push_back(number);
  }
}

std::vector<std::string> Baseline::lines_of_others(const std::set<std::string>& judged,
                                                   const std::set<std::string>& known) const {
  std::vector<std::string> lines;
  for (const auto& [entry, numbers] : lines_)
    if (known.contains(entry.file) && !judged.contains(entry.file))
      lines.insert(lines.end(), numbers.size(), line_of(entry.rule, entry.fingerprint, entry.file));
  return lines;
}

void Baseline::apply(std::vector<Finding>& findings, const std::set<std::string>& judged,
                     const std::set<std::string>& known) const {
  auto left = lines_;
  std::erase_if(findings, [&](const Finding& finding) {
    if (!is_recorded(finding)) return false;
    const auto entry = left.find({finding.place->file, finding.id, finding.fingerprint});
    if (entry == left.end() || entry->second.empty()) return false;
    entry->second.erase(entry->second.begin());
    return true;
  });
  std::map<std::size_t, const Entry*> unused;
  for (const auto& [entry, lines] : left)
    if (judged.contains(entry.file) || !known.contains(entry.file))
      for (const std::size_t line : lines) unused[line] = &entry;
  for (const auto& [line, entry] : unused)
    findings.push_back({.severity = Severity::warning,
                        .id = "unused-baseline",
                        .message = fmt::format("{} finds nothing of that kind in {} any more",
                                               entry->rule, entry->file),
                        .place = Place{.file = file_, .line = line},
                        .next = "remove the line, or write the file anew: migrator check "
                                "--write-baseline " +
                                file_});
}

}  // namespace migrator
