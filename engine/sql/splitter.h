// The splitter cuts a script into statements after psql's rule: at a semicolon at depth zero of
// parentheses, quotes, comments, dollar quotes and BEGIN ATOMIC bodies. COPY ... FROM STDIN takes
// its data lines with it. It never executes, never judges and never drops: statements and the gaps
// between them (blanks, comments, \g) make up the text again, byte for byte. What backslash
// commands mean is CommandReader's.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/base/finding.h"
#include "engine/sql/scanner.h"
#include "engine/sql/source.h"
#include "engine/sql/statement_tracker.h"
#include "engine/sql/string_style.h"

namespace migrator {

enum class StatementForm {
  sql,           ///< one SQL statement, its semicolon not included
  copy_data,     ///< COPY ... FROM STDIN; and, after it, its data lines
  meta_command,  ///< a psql backslash command, one line
};

/// What sends a statement off.
enum class Ending {
  plain,  ///< a semicolon, \g, or the end of the text
  gexec,  ///< \gexec: each field of its result is a statement to run
};

/// A stretch of a Source's text. Comments before the first token belong to the gap before it.
struct Statement {
  StatementForm form = StatementForm::sql;
  Ending ending = Ending::plain;
  std::size_t offset = 0;       ///< bytes, of the first token
  std::size_t length = 0;       ///< bytes, to the end of the last token (without ';')
  std::size_t line = 1;         ///< in the file (Source::first_line counted in)
  std::size_t column = 1;       ///< in characters
  std::size_t data_offset = 0;  ///< copy_data: where the data lines begin
  std::size_t data_length = 0;  ///< copy_data: bytes of data, without the line "\."
  StringStyle strings = StringStyle::standard_conforming;  ///< as statements before it set it
  bool mentions_variables = false;  ///< holds what may be a psql variable: :name, :'name', :"name"

  bool operator==(const Statement&) const = default;
};

/// Reads the statements of a source one by one, in one pass and in memory of its own that does not
/// grow with the text. A copy is a bookmark: it goes on where the original stood.
class StatementReader {
 public:
  /// `source` is kept as a value; what it points to must outlive the reader.
  explicit StatementReader(const Source& source, const StringStyleTracker& strings = {});

  const Source& source() const { return source_; }

  /// The next statement; nothing at the end of the text.
  std::optional<Statement> next();

  /// How '...' reads where the reader stands. Another file's statements, or those of a branch that
  /// is not taken, make it something else than this text tells.
  const StringStyleTracker& strings() const { return strings_; }
  void use(const StringStyleTracker& strings);

  /// What was wrong so far: a quote, comment, dollar body, parenthesis or BEGIN ATOMIC body that
  /// the end of the text cut short (the place is where it was opened), COPY data without "\.", a
  /// backslash command inside a statement. All are errors: a text with findings is not to be run.
  const std::vector<Finding>& findings() const { return findings_; }

  /// Offsets of the line comments so far that begin with the word "migrator": directives, or prose.
  const std::vector<std::size_t>& marked_comments() const { return marked_comments_; }

  /// Long COPY data so far of which the source did not know yet.
  const LongData& new_long_data() const { return new_long_data_; }

 private:
  void take(const Token& token);
  void take_backslash(const Token& token);
  void send_off(std::string_view line, const Token& token);
  void finish_statement(StatementForm form, Ending ending = Ending::plain);
  bool copies_what_follows(StatementForm form, const Statement& statement) const;
  void take_copy_data(Statement& statement);
  void skip_rest_of_line();
  void pass_lines(const EndOfData& end);
  void note_marked_comment(const Token& token);
  void move_cursor_to(std::size_t offset);
  bool looks_escaped(const Token& token) const;
  void complain_about_unterminated(const Token& token);
  void complain_about_open_ends();
  void complain(std::string id, std::string message, std::size_t offset, std::string next);

  Source source_;
  std::string_view text_;
  Scanner scanner_;
  Trail trail_;
  StatementTracker statement_;
  StringStyleTracker strings_;
  // The line and column of an offset that only grows: each byte is looked at once.
  std::size_t cursor_ = 0;
  std::size_t line_;
  std::size_t column_ = 1;
  std::optional<Statement> finished_ = std::nullopt;
  bool ended_inside_token_ = false;
  bool escaped_quote_ = false;  ///< a literal of this statement ends in a backslash and its quote
  std::vector<Finding> findings_ = {};
  std::vector<std::size_t> marked_comments_ = {};
  LongData new_long_data_ = {};
};

struct SplitResult {
  std::vector<Statement> statements;
  std::vector<Finding> findings;  ///< as StatementReader's, by place
};

/// All statements of a source at once.
SplitResult split(const Source& source);

inline std::string_view text_of(const Source& source, const Statement& statement) {
  return source.text.substr(statement.offset, statement.length);
}

}  // namespace migrator
