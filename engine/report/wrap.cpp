#include "engine/report/wrap.h"

#include <algorithm>

#include "engine/base/text.h"

namespace migrator {
namespace {

/// How many bytes of a line to show: all, or up to the last blank within `width` characters, or,
/// where the first word alone is wider, to the blank behind it.
std::size_t bytes_that_fit(std::string_view line, std::size_t width) {
  const std::size_t limit = byte_of_character(line, width);
  if (limit == line.size()) return limit;
  const std::size_t blank = line.rfind(' ', limit);
  if (blank != std::string_view::npos && blank > 0) return blank;
  return std::min(line.find(' '), line.size());
}

}  // namespace

std::string wrap(std::string_view prose, std::size_t indent) {
  std::string text;
  for (std::string_view line : split_lines(prose)) {
    const std::size_t own = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t column = indent + own;
    line.remove_prefix(own);
    do {
      const std::size_t width = kColumns > column ? kColumns - column : 1;
      const std::size_t size = bytes_that_fit(line, width);
      text += std::string(text.empty() ? own : column, ' ').append(line.substr(0, size)) + "\n";
      line.remove_prefix(std::min(line.find_first_not_of(' ', size), line.size()));
    } while (!line.empty());
  }
  return text;
}

}  // namespace migrator
