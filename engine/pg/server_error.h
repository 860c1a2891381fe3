// What the server complains of, as Findings: from a libpq result by its fields, from a text where
// a library leaves nothing else. Knows no file; engine/pg/script.cpp adds the Place.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.h"

struct pg_result;

namespace migrator {

/// The fields of an error result. Its id is "statement-failed".
Finding finding_of(const pg_result* result);

/// The first line of an error's text in libpq's verbose form, "FATAL:  28P01: what", taken apart.
struct ErrorLine {
  std::string sqlstate;
  std::string what;
};
ErrorLine read_error_line(std::string_view line);

/// From the text that libpq makes of an error ("ERROR:  42501: what\nDETAIL:  ..."). Its id is
/// "query-failed".
Finding finding_of_text(std::string_view text);

/// Where in the text that was sent the error is, in bytes; also when the server places it in a
/// query inside (a DO block, a function's body) that is found in the text just once.
std::optional<std::size_t> error_offset(const pg_result* result, std::string_view sent);

/// The data line that a COPY failed in, from 1, out of the error's context.
std::optional<std::size_t> copy_line(std::string_view context);

/// The session is gone; `cause` is what libpq or the server said last.
Error connection_lost(std::string_view cause);

}  // namespace migrator
