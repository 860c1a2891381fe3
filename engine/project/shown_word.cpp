#include "engine/project/shown_word.h"

#include "engine/base/text.h"

namespace migrator {

bool may_hold_secret(std::string_view word) {
  const std::string lower = to_lower_ascii(word);
  return lower.find("://") != std::string::npos || lower.find("password") != std::string::npos;
}

std::string shown_word(std::string_view word) {
  if (may_hold_secret(word)) return "(a database URL)";
  return "\"" + std::string(word) + "\"";
}

}  // namespace migrator
