// The canonical form of SQL: what is left when comments, white space, line ends and a byte-order
// mark no longer count. Two texts with one canonical form are the same to the server. FORMATS.md
// ("Canonical checksum") pins the form; it changes only with a new name for the checksum.
#pragma once

#include <string>
#include <string_view>

#include "engine/sql/scanner.h"

namespace migrator {

/// The tokens of one statement without blanks and comments, each followed by a NUL byte. Literals,
/// quoted names and dollar-quoted bodies are kept to the byte; words keep their case.
std::string canonical_statement(std::string_view statement,
                                StringStyle style = StringStyle::standard_conforming);

/// canonical_statement of each statement of a script in order, each followed by ";" and a NUL byte,
/// so that a missing last semicolon or an empty statement changes nothing. COPY data is kept to
/// the byte after that, followed by a NUL byte. A text that cannot be split (split() has findings)
/// is taken as one statement.
std::string canonical_script(std::string_view text);

}  // namespace migrator
