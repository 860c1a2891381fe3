// How values are written as fields of the history table. Used by HistoryTable's units only.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/pg/history_schema.h"

namespace migrator {

/// FORMATS.md, "Applied text".
inline Field text_to_keep(const std::string& text) {
  return text.size() <= kAppliedTextLimit ? Field(text) : std::nullopt;
}

/// A text array as PostgreSQL reads it; the items hold neither quotes nor backslashes.
inline std::string array_of(const std::vector<std::string>& items) {
  std::string array = "{";
  for (const std::string& item : items)
    array += fmt::format("{}\"{}\"", array.size() > 1 ? "," : "", item);
  return array + "}";
}

}  // namespace migrator
