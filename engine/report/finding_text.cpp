#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/report/to_text.h"

namespace migrator {
namespace {

/// Tabs as one blank each, so that the caret stands where the column says.
std::string one_wide(std::string_view line) {
  std::string flat(line);
  for (char& c : flat)
    if (c == '\t' || c == '\r') c = ' ';
  return flat;
}

std::string excerpt(const Place& place, Style style) {
  if (place.source_line.empty()) return {};
  const std::string number = std::to_string(place.line);
  std::string text =
      fmt::format("{} {}\n", style.paint(Tone::faint, fmt::format("{:>5} |", number)),
                  one_wide(place.source_line));
  const std::size_t caret = place.caret > 0 ? place.caret : place.column;
  if (caret > 0)
    text += fmt::format("{} {}{}\n", style.paint(Tone::faint, "      |"),
                        std::string(caret - 1, ' '), style.paint(Tone::bad, "^"));
  return text;
}

/// "  label: text", further lines below the first.
std::string labelled(std::string_view label, std::string_view text, Style style) {
  if (text.empty()) return {};
  std::string result = "  " + style.paint(Tone::strong, fmt::format("{}:", label));
  const auto lines = split_lines(text);
  if (lines.size() == 1) return result + " " + std::string(lines[0]) + "\n";
  result += "\n";
  for (const std::string_view line : lines) result += fmt::format("    {}\n", line);
  return result;
}

std::string place_prefix(const Place& place) {
  std::string prefix = place.file;
  if (place.line > 0) prefix += fmt::format(":{}", place.line);
  if (place.line > 0 && place.column > 0) prefix += fmt::format(":{}", place.column);
  return prefix + ": ";
}

}  // namespace

std::string to_text(const Finding& finding, Style style) {
  std::string text = finding.place ? style.paint(Tone::strong, place_prefix(*finding.place)) : "";
  text += style.paint(tone_of(finding.severity), fmt::format("{}:", word_of(finding.severity)));
  text += " " + finding.message;
  if (!finding.sqlstate.empty()) text += fmt::format(" ({})", finding.sqlstate);
  text += "\n";
  if (finding.place) text += excerpt(*finding.place, style);
  text += labelled("detail", finding.detail, style);
  text += labelled("hint", finding.hint, style);
  text += labelled("context", finding.context, style);
  text += labelled("kept", finding.kept, style);
  text += labelled("next", finding.next, style);
  return text;
}

}  // namespace migrator
