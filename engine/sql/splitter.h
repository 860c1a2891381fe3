// The splitter cuts a script into statements after psql's rule: at a semicolon at depth zero of
// parentheses, quotes, comments, dollar quotes and BEGIN ATOMIC bodies. COPY ... FROM STDIN takes
// its data lines with it. It never executes, never judges and never drops: statements and the gaps
// between them (blanks, comments) make up the text again, byte for byte.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/base/finding.h"
#include "engine/sql/scanner.h"
#include "engine/sql/source.h"

namespace migrator {

enum class StatementForm {
  sql,           ///< one SQL statement, its semicolon not included
  copy_data,     ///< COPY ... FROM STDIN; and, after it, its data lines
  meta_command,  ///< a psql backslash command, one line
};

/// A stretch of a Source's text. Comments before the first token belong to the gap before it.
struct Statement {
  StatementForm form = StatementForm::sql;
  std::size_t offset = 0;       ///< bytes, of the first token
  std::size_t length = 0;       ///< bytes, to the end of the last token (without ';')
  std::size_t line = 1;         ///< in the file (Source::first_line counted in)
  std::size_t column = 1;       ///< in characters
  std::size_t data_offset = 0;  ///< copy_data: where the data lines begin
  std::size_t data_length = 0;  ///< copy_data: bytes of data, without the line "\."
  StringStyle strings = StringStyle::standard_conforming;  ///< as statements before it set it

  bool operator==(const Statement&) const = default;
};

struct SplitResult {
  std::vector<Statement> statements;
  /// A quote, comment, dollar body, parenthesis or BEGIN ATOMIC body that the end of the text cut
  /// short (the place is where it was opened), COPY data without "\.", a NUL byte. All are errors:
  /// a text with findings is not to be run.
  std::vector<Finding> findings;
};

/// Splits source.text. Linear in its size.
SplitResult split(const Source& source);

inline std::string_view text_of(const Source& source, const Statement& statement) {
  return source.text.substr(statement.offset, statement.length);
}

}  // namespace migrator
