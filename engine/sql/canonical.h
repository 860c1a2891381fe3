// The canonical form of SQL: what is left when comments, white space, line ends and a byte-order
// mark no longer count. Two texts with one canonical form are the same to the server. FORMATS.md
// ("Canonical form") pins the form; it changes only with a new name for the checksum.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/sql/scanner.h"
#include "engine/sql/source.h"

namespace migrator {

/// The tokens of one statement without blanks and comments, each followed by a NUL byte. Literals,
/// quoted names and dollar-quoted bodies are kept to the byte; words keep their case.
std::string canonical_statement(std::string_view statement,
                                StringStyle style = StringStyle::standard_conforming);

/// Takes the canonical form piece by piece, so that nobody has to hold that of a large file.
using CanonicalSink = std::function<void(std::string_view piece)>;

/// Writes canonical_statement of each statement of a script in order, each followed by ";" and a
/// NUL byte, so that a missing last semicolon or an empty statement changes nothing. COPY data is
/// kept to the byte after that, followed by a NUL byte; a backslash command is its line; \restrict
/// and \unrestrict, whose keys mean nothing, are left out. False when the text cannot be split:
/// what was written is then void, and canonical_tokens is its form.
bool write_canonical(const Source& source, const CanonicalSink& sink);

/// The form of a text that cannot be split: it is taken as one statement.
std::string canonical_tokens(std::string_view text);

/// The canonical form of a script, whole.
std::string canonical_script(std::string_view text);

}  // namespace migrator
