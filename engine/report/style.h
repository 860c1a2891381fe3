// Colour for terminals, as values: a Style that is plain gives text without escapes. Only the
// sixteen ANSI colours, which every terminal theme, dark or light, makes readable.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/finding.h"

namespace migrator {

enum class Tone { plain, strong, faint, good, warning, bad };

struct Style {
  bool color = false;

  std::string paint(Tone tone, std::string_view text) const;
};

std::string_view word_of(Severity severity);
Tone tone_of(Severity severity);

}  // namespace migrator
