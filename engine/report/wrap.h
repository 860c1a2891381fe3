// Breaking prose into lines for a terminal of 80 columns. Widths count characters. Words, and so
// names, URLs and paths, are never broken.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace migrator {

constexpr std::size_t kColumns = 80;

/// Prose that begins in column `indent` (from 0): lines that grow beyond kColumns are broken at a
/// blank, and every line but the first begins with `indent` blanks. A line's own leading blanks
/// are kept, also on the lines that it is broken into. Ends in a line end.
std::string wrap(std::string_view prose, std::size_t indent);

}  // namespace migrator
