#include "cmd/hide_arguments.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "engine/project/shown_word.h"

namespace migrator {
namespace {

constexpr std::string_view kFlag = "--url";

void overwrite(char* text) {
  std::fill(text, text + std::strlen(text), '*');
}

}  // namespace

void hide_secrets(int count, char** values) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word = values[i];
    if (word == kFlag && i + 1 < count) overwrite(values[i + 1]);
    if (word.starts_with(kFlag) && word.substr(kFlag.size()).starts_with('='))
      overwrite(values[i] + kFlag.size() + 1);
    // A URL in the wrong place is refused, but it was there to be seen.
    else if (may_hold_secret(word))
      overwrite(values[i]);
  }
}

}  // namespace migrator
