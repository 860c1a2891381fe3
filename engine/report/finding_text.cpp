#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/to_text.h"
#include "engine/report/wrap.h"

namespace migrator {
namespace {

constexpr std::size_t kGutter = 8;  // "   12 | "
constexpr std::size_t kLineWidth = kColumns - kGutter;
constexpr std::size_t kLabelWidth = 9;  // "context: "
constexpr std::string_view kCut = "...";

/// What is shown of a source line, and the column in it, from 1, where the caret stands.
struct Shown {
  std::string line;
  std::size_t caret = 0;
};

/// Tabs as one blank each, so that the caret stands where the column says; of a line that is too
/// wide, what stands around the caret.
Shown shown_of(const Place& place) {
  Shown shown{place.source_line, place.caret > 0 ? place.caret : place.column};
  std::string& line = shown.line;
  for (char& c : line)
    if (c == '\t' || c == '\r') c = ' ';
  const std::size_t length = count_characters(line);
  if (length <= kLineWidth) return shown;
  const std::size_t half = kLineWidth / 2;
  const std::size_t first =
      std::min(shown.caret > half ? shown.caret - half : 0, length - kLineWidth);
  shown.caret = shown.caret > first ? shown.caret - first : 0;
  if (first + kLineWidth < length)
    line = line.substr(0, byte_of_character(line, first + kLineWidth - kCut.size())).append(kCut);
  if (first > 0)
    line = std::string(kCut).append(line.substr(byte_of_character(line, first + kCut.size())));
  return shown;
}

std::string excerpt(const Place& place, Style style) {
  if (place.source_line.empty()) return {};
  const Shown shown = shown_of(place);
  std::string text = fmt::format(
      "{} {}\n", style.paint(Tone::faint, fmt::format("{:>5} |", place.line)), shown.line);
  if (shown.caret > 0)
    text += fmt::format("{} {}{}\n", style.paint(Tone::faint, "      |"),
                        std::string(shown.caret - 1, ' '), style.paint(Tone::bad, "^"));
  return text;
}

std::string label_text(std::string_view label, Style style) {
  return "  " + style.paint(Tone::strong, fmt::format("{}:", label)) +
         std::string(kLabelWidth - label.size() - 1, ' ');
}

/// "  next:    prose", further lines under the first.
std::string with_prose(std::string_view label, std::string_view prose, Style style) {
  if (prose.empty()) return {};
  return label_text(label, style) + wrap(prose, 2 + kLabelWidth);
}

/// As with_prose; but several lines are a diff or a stack of calls and keep their form.
std::string with_block(std::string_view label, std::string_view text, Style style) {
  const auto lines = split_lines(text);
  if (lines.size() < 2) return with_prose(label, text, style);
  std::string result = "  " + style.paint(Tone::strong, fmt::format("{}:", label)) + "\n";
  for (const std::string_view line : lines) result += fmt::format("    {}\n", line);
  return result;
}

/// Prose, and SQL in the lines behind it.
std::string with_advice(std::string_view label, std::string_view text, Style style) {
  const std::size_t end = text.find('\n');
  std::string result = with_prose(label, text.substr(0, end), style);
  if (end == text.npos) return result;
  for (const std::string_view line : split_lines(text.substr(end + 1)))
    result += fmt::format("    {}\n", line);
  return result;
}

/// A file without a line that the message names itself is not said twice.
bool is_said(const Finding& finding) {
  return finding.place->line == 0 && finding.message.find(finding.place->file) != std::string::npos;
}

std::string place_prefix(const Finding& finding) {
  if (!finding.place || is_said(finding)) return {};
  const Place& place = *finding.place;
  std::string prefix = place.file;
  if (place.line > 0) prefix += fmt::format(":{}", place.line);
  if (place.line > 0 && place.column > 0) prefix += fmt::format(":{}", place.column);
  return prefix + ": ";
}

}  // namespace

std::string to_text(const Finding& finding, Style style) {
  std::string text = style.paint(Tone::strong, place_prefix(finding));
  text += style.paint(tone_of(finding.severity), fmt::format("{}:", word_of(finding.severity)));
  text += " " + finding.message;
  if (!finding.sqlstate.empty()) text += fmt::format(" ({})", finding.sqlstate);
  if (finding.statement > 0)
    text += fmt::format(", statement {} of {}", finding.statement, finding.statements);
  text += "\n";
  if (finding.place) text += excerpt(*finding.place, style);
  text += with_block("detail", finding.detail, style);
  text += with_advice("hint", finding.hint, style);
  text += with_block("context", finding.context, style);
  text += with_prose("kept", finding.kept, style);
  text += with_prose("next", finding.next, style);
  return text;
}

}  // namespace migrator
