// What must hold however a text is split, as functions that say what is wrong: the property tests
// and the fuzz targets both stand on them, so they need no test framework. The parser of
// libpg_query is the witness for where statements end; psql is not, which errs on some shapes. Not
// thread-safe, as libpg_query is not.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrator::testing {

/// A statement without the blanks and comments around it.
struct Bounds {
  std::size_t offset = 0;
  std::size_t length = 0;

  bool operator==(const Bounds&) const = default;
};

/// Where libpg_query's parser cuts the text, empty statements left out; nothing when it refuses it.
std::optional<std::vector<Bounds>> parsers_bounds(std::string_view text);

/// Why the statements and the gaps between them do not make up the text again, byte for byte, or
/// what a gap holds that belongs to a statement. Empty when nothing is lost.
std::string lost_bytes(std::string_view text);

/// Where we cut otherwise than libpg_query's parser, or complain of what it accepts. Empty when
/// both agree or the parser refuses the text. Statements behind COPY ... FROM STDIN, whose data is
/// no SQL, and behind a change of standard_conforming_strings are not compared: the parser knows of
/// neither.
std::string disagreement(std::string_view text);

}  // namespace migrator::testing
