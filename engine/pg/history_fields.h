// How values are written as fields of the history table. Used by HistoryTable's units only.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

namespace migrator {

/// A text array as PostgreSQL reads it; the items hold neither quotes nor backslashes.
inline std::string array_of(const std::vector<std::string>& items) {
  std::string array = "{";
  for (const std::string& item : items)
    array += fmt::format("{}\"{}\"", array.size() > 1 ? "," : "", item);
  return array + "}";
}

}  // namespace migrator
