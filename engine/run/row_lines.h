// On which lines of a data file its rows stand. The server counts rows; people look for lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/sql/part.h"

namespace migrator {

/// The line of the file that became this line of the text which is sent.
std::size_t line_of_text(const Included& data, std::size_t line);

/// The text with each "row 3" and "rows 3, 7" that begins a line of it put as "line 4" and
/// "lines 4, 8"; the first of those lines, or 0, goes to `first`. Rows are counted from 1, behind
/// the header.
std::string with_lines_for_rows(std::string_view text, const Included& data, std::size_t& first);

}  // namespace migrator
