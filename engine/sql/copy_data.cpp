#include "engine/sql/copy_data.h"

#include <algorithm>
#include <string_view>

#include "engine/base/text.h"
#include "engine/sql/source.h"

namespace migrator {
namespace {

/// The line that begins at `at`, without its end, if it ends data.
std::string_view mark_at(std::string_view text, std::size_t at) {
  const std::string_view line = text.substr(at, 3);
  const bool ends = line == "\\." || line == "\\.\n";
  return ends || text.substr(at, 4) == "\\.\r\n" || text.substr(at) == "\\.\r"
             ? text.substr(at, text.find('\n', at) - at)
             : std::string_view();
}

}  // namespace

EndOfData find_end_of_data(const Source& source, std::size_t from, Trail& trail) {
  if (source.long_data != nullptr) {
    const auto known = source.long_data->find(from);
    if (known != source.long_data->end()) return known->second;
  }
  constexpr std::size_t piece_size = std::size_t{1} << 20U;
  const std::string_view text = source.text;
  std::size_t lines = 0;
  for (std::size_t begin = from; begin < text.size(); begin += piece_size) {
    const std::string_view piece = text.substr(begin, piece_size);
    for (std::size_t i = 0; (i = piece.find('\\', i)) != std::string_view::npos; ++i) {
      const std::size_t at = begin + i;
      if (at != from && text[at - 1] != '\n') continue;
      const std::string_view mark = mark_at(text, at);
      if (mark.empty()) continue;
      const std::size_t next = std::min(at + mark.size() + 1, text.size());
      lines += count_line_ends(text.substr(begin, next - begin));
      return {.data = at, .next = next, .lines = lines, .marked = true};
    }
    lines += count_line_ends(piece);
    trail.reached(begin + piece.size());
  }
  const std::size_t end = std::max(from, text.size());
  return {.data = end, .next = end, .lines = lines, .marked = false};
}

void keep_end_of_data(LongData& known, std::size_t from, const EndOfData& end) {
  constexpr std::size_t long_enough = std::size_t{64} << 10U;
  if (end.next - from >= long_enough) known.emplace(from, end);
}

}  // namespace migrator
