// A Source is a stretch of SQL text and where it came from; it turns byte offsets into Places.
// It owns nothing: the text belongs to the Part that made it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/base/content.h"
#include "engine/base/finding.h"
#include "engine/sql/copy_data.h"

namespace migrator {

struct Source {
  std::string_view file;                ///< as shown to people: "migrations/1_users.sql"
  std::string_view text;                ///< UTF-8, without byte-order mark
  std::size_t first_line = 1;           ///< line of the file on which text begins
  const Content* content = nullptr;     ///< what owns `text`, where it may be large
  const LongData* long_data = nullptr;  ///< what is known of it
};

/// Lets go of what lies behind a reader that moves through a source: call it with growing offsets.
class Trail {
 public:
  explicit Trail(const Source& source) : content_(source.content) {}

  void reached(std::size_t offset) {
    constexpr std::size_t stride = std::size_t{4} << 20U;
    if (content_ == nullptr || offset < reached_ + stride) return;
    content_->passed(offset);
    reached_ = offset;
  }

 private:
  const Content* content_;
  std::size_t reached_ = 0;
};

/// The number of line ends before an offset, and the offset behind the last of them.
struct LinesBefore {
  std::size_t count = 0;
  std::size_t line_begin = 0;
};
LinesBefore lines_before(const Source& source, std::size_t from, std::size_t to);

/// The line and column of a byte offset in source.text (an offset past the end means the end), with
/// the text of its line, cut to a window around the column when the line is long (Place::caret).
Place place_of(const Source& source, std::size_t offset);

}  // namespace migrator
