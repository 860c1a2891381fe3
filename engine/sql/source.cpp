#include "engine/sql/source.h"

#include <algorithm>

#include "engine/base/text.h"

namespace migrator {
namespace {

// A line up to this many characters is shown whole; of a longer one, as many around the column.
constexpr std::size_t kWindow = 160;

/// Cuts place.source_line, in which the place is at `column`, to kWindow characters around it.
void cut_to_window(Place& place, std::size_t column) {
  const std::string& line = place.source_line;
  const std::size_t length = count_characters(line);
  place.caret = column;
  if (length <= kWindow) return;
  const std::size_t half = kWindow / 2;
  const std::size_t first = std::min(column > half ? column - half : 0, length - kWindow);
  const std::size_t from = byte_of_character(line, first);
  const std::size_t count = byte_of_character(std::string_view(line).substr(from), kWindow);
  place.caret = column - first;
  place.source_line = line.substr(from, count);
}

}  // namespace

LinesBefore lines_before(const Source& source, std::size_t from, std::size_t to) {
  constexpr std::size_t piece_size = std::size_t{1} << 20U;
  LinesBefore lines{.count = 0, .line_begin = from};
  Trail trail(source);
  for (std::size_t at = from; at < to; at += piece_size) {
    const std::string_view piece = source.text.substr(at, std::min(piece_size, to - at));
    const std::size_t count = count_line_ends(piece);
    if (count > 0) lines.line_begin = at + piece.rfind('\n') + 1;
    lines.count += count;
    trail.reached(at);
  }
  return lines;
}

Place place_of(const Source& source, std::size_t offset) {
  const std::string_view text = source.text;
  offset = std::min(offset, text.size());
  const LinesBefore before = lines_before(source, 0, offset);
  const std::size_t begin = before.line_begin;
  const std::size_t end = std::min(text.find('\n', offset), text.size());

  Place place;
  place.file = std::string(source.file);
  place.line = source.first_line + before.count;
  place.column = count_characters(text.substr(begin, offset - begin)) + 1;
  // Of a line of megabytes, only what the window can show.
  constexpr std::size_t most = 8 * kWindow;
  std::size_t first = begin;
  if (offset - begin > most) {
    first = offset - most;
    while (first < offset && (static_cast<unsigned char>(text[first]) & 0xC0U) == 0x80U) ++first;
  }
  std::string_view line = text.substr(first, std::min(end - first, (offset - first) + most));
  if (line.ends_with('\r')) line.remove_suffix(1);
  place.source_line = std::string(line);
  cut_to_window(place, count_characters(text.substr(first, offset - first)) + 1);
  return place;
}

}  // namespace migrator
