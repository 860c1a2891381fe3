#include "cmd/hide_arguments.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "engine/project/shown_word.h"

namespace migrator {
namespace {

constexpr std::array<std::string_view, 2> kFlags{"--url", "--scratch"};
constexpr std::string_view kSet = "--set";

void overwrite(char* text) {
  std::fill(text, text + std::strlen(text), '*');
}

/// NAME=VALUE stays NAME=*****.
void overwrite_value(char* pair) {
  if (char* const equals = std::strchr(pair, '=')) overwrite(equals + 1);
}

/// A variable may hold a secret, too.
void hide_variables(int count, char** values) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word = values[i];
    if (word == kSet && i + 1 < count) overwrite_value(values[i + 1]);
    if (word.starts_with(kSet) && word.substr(kSet.size()).starts_with('='))
      overwrite_value(values[i] + kSet.size() + 1);
  }
}

}  // namespace

void hide_secrets(int count, char** values) {
  hide_variables(count, values);
  for (int i = 1; i < count; ++i) {
    const std::string_view word = values[i];
    const auto* const flag = std::ranges::find_if(
        kFlags, [&](std::string_view known) { return word.starts_with(known); });
    const std::size_t length = flag == kFlags.end() ? 0 : flag->size();
    if (length != 0 && word.size() == length && i + 1 < count) overwrite(values[i + 1]);
    if (length != 0 && word.substr(length).starts_with('=')) overwrite(values[i] + length + 1);
    // A URL in the wrong place is refused, but it was there to be seen.
    else if (may_hold_secret(word))
      overwrite(values[i]);
  }
}

}  // namespace migrator
