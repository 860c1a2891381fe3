#include "engine/report/style.h"

namespace migrator {
namespace {

std::string_view code_of(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::strong:
      return "1";
    case Tone::faint:
      return "2";
    case Tone::good:
      return "32";
    // Magenta and red are readable on dark and on light; yellow is not on light.
    case Tone::warning:
      return "35";
    case Tone::bad:
      return "1;31";
  }
  return "";
}

}  // namespace

std::string Style::paint(Tone tone, std::string_view text) const {
  const std::string_view code = code_of(tone);
  if (!color || code.empty() || text.empty()) return std::string(text);
  std::string painted = "\033[";
  painted.append(code).append("m").append(text).append("\033[0m");
  return painted;
}

std::string_view word_of(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "";
}

Tone tone_of(Severity severity) {
  switch (severity) {
    case Severity::note:
      return Tone::faint;
    case Severity::warning:
      return Tone::warning;
    case Severity::error:
      return Tone::bad;
  }
  return Tone::plain;
}

}  // namespace migrator
