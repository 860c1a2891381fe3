#include "engine/sql/source.h"

#include <algorithm>

#include "engine/base/text.h"

namespace migrator {
namespace {

// A line up to this many characters is shown whole; of a longer one, as many around the column.
constexpr std::size_t kWindow = 160;

/// Cuts place.source_line to kWindow characters around its column.
void cut_to_window(Place& place) {
  const std::string& line = place.source_line;
  const std::size_t length = count_characters(line);
  place.caret = place.column;
  if (length <= kWindow) return;
  const std::size_t half = kWindow / 2;
  const std::size_t first =
      std::min(place.column > half ? place.column - half : 0, length - kWindow);
  const std::size_t from = byte_of_character(line, first);
  const std::size_t count = byte_of_character(std::string_view(line).substr(from), kWindow);
  place.caret = place.column - first;
  place.source_line = line.substr(from, count);
}

}  // namespace

Place place_of(const Source& source, std::size_t offset) {
  const std::string_view text = source.text;
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
  const std::size_t end = std::min(text.find('\n', offset), text.size());

  Place place;
  place.file = std::string(source.file);
  place.line =
      source.first_line + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  place.column = count_characters(text.substr(begin, offset - begin)) + 1;
  std::string_view line = text.substr(begin, end - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  place.source_line = std::string(line);
  cut_to_window(place);
  return place;
}

}  // namespace migrator
