// The file of `stats export` (FORMATS.md, "Statistics"): written so that it compares well from one
// day to the next, a line for each table, and read again.
#pragma once

#include <string>
#include <string_view>

#include "engine/lint/table_sizes.h"

namespace migrator {

std::string to_json(const DatabaseStats& stats);

/// Throws Error(configuration, "stats-invalid") that says what is wrong in `file`.
DatabaseStats parse_stats(std::string_view json, const std::string& file);

}  // namespace migrator
