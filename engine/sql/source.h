// A Source is a stretch of SQL text and where it came from; it turns byte offsets into Places.
// It owns nothing: the text belongs to the Part that made it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/base/finding.h"

namespace migrator {

struct Source {
  std::string_view file;       ///< as shown to people: "migrations/1_users.sql"
  std::string_view text;       ///< UTF-8, without byte-order mark
  std::size_t first_line = 1;  ///< line of the file on which text begins
};

/// The line and column of a byte offset in source.text (an offset past the end means the end), with
/// the text of its line, cut to a window around the column when the line is long (Place::caret).
Place place_of(const Source& source, std::size_t offset);

}  // namespace migrator
