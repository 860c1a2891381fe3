#include "engine/sql/splitter.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/sql/statement_tracker.h"
#include "engine/sql/string_style.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

// A place costs a walk over the text before it; a text with more faults than this is no SQL.
constexpr std::size_t kMostFindings = 50;

/// The line and column of offsets that only grow: each byte is looked at once.
class Cursor {
 public:
  explicit Cursor(const Source& source) : text_(source.text), line_(source.first_line) {}

  void advance_to(std::size_t offset) {
    const std::string_view passed = text_.substr(offset_, offset - offset_);
    std::size_t line_begin = 0;
    for (std::size_t at = 0; (at = passed.find('\n', at)) != std::string_view::npos; ++at) {
      ++line_;
      column_ = 1;
      line_begin = at + 1;
    }
    column_ += count_characters(passed.substr(line_begin));
    offset_ = offset;
  }

  std::size_t line() const { return line_; }
  std::size_t column() const { return column_; }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  std::size_t line_;
  std::size_t column_ = 1;
};

class Splitter {
 public:
  explicit Splitter(const Source& source)
      : source_(source), text_(source.text), scanner_(source.text), cursor_(source) {}

  SplitResult run() {
    find_nul();
    result_.statements.reserve(most_statements());
    while (!scanner_.at_end()) take(scanner_.next());
    if (!statement_.empty()) {
      complain_about_open_ends();
      finish_statement();
    }
    std::stable_sort(result_.findings.begin(), result_.findings.end(),
                     [](const Finding& a, const Finding& b) {
                       return std::pair(a.place->line, a.place->column) <
                              std::pair(b.place->line, b.place->column);
                     });
    return std::move(result_);
  }

 private:
  /// A bound for their number: to grow the vector of a large script costs more than to count its
  /// semicolons. Data may be full of them, so the bound is held down by the size of the text.
  std::size_t most_statements() const {
    std::size_t semicolons = 0;
    for (std::size_t at = 0; (at = text_.find(';', at)) != std::string_view::npos; ++at) {
      ++semicolons;
    }
    return std::min(semicolons, text_.size() / sizeof(Statement)) + 1;
  }

  void take(const Token& token) {
    if (!token.terminated) {
      ended_inside_token_ = true;
      complain_about_unterminated(token);
    }
    if (is_blank_or_comment(token.kind)) return;
    if (token.kind == TokenKind::semicolon && statement_.is_complete()) {
      if (!statement_.empty()) finish_statement();
      return;
    }
    if (token.kind == TokenKind::backslash) return take_backslash(token);
    if (text_[token.offset] == ')' && statement_.parentheses().empty()) {
      complain("unbalanced-parenthesis", "this \")\" closes no parenthesis", token.offset,
               "remove it, or open its parenthesis");
    }
    if (looks_escaped(token)) escaped_quote_ = true;
    statement_.take(text_, token);
  }

  void take_backslash(const Token& token) {
    const std::string_view line = trim(text_of(text_, token));
    if (line == "\\.") {
      complain("stray-backslash", "\"\\.\" ends the data of a COPY, but none is open here",
               token.offset, "remove the line, or put it after the data of COPY ... FROM STDIN");
    } else if (line == "\\") {
      complain("stray-backslash", "a backslash outside of quotes means nothing in SQL",
               token.offset, "remove it");
    } else if (!statement_.empty()) {
      complain("meta-command-in-statement",
               "a psql command stands in the middle of a statement: " + shown(line), token.offset,
               "end the statement before it with a semicolon, and give the command its own line");
    }
    if (!statement_.empty()) return;
    Token command = token;
    command.length = line.size();
    statement_.take(text_, command);
    form_ = StatementForm::meta_command;
    finish_statement();
  }

  void finish_statement() {
    Statement statement;
    statement.form = form_;
    statement.offset = statement_.offset();
    statement.length = statement_.length();
    statement.strings = strings_.current();
    cursor_.advance_to(statement.offset);
    statement.line = cursor_.line();
    statement.column = cursor_.column();
    if (statement_.is_copy_from_stdin()) take_copy_data(statement);
    if (statement_.may_change_strings()) {
      strings_.follow(text_.substr(statement.offset, statement.length));
      scanner_.use(strings_.current());
    }
    result_.statements.push_back(statement);
    statement_.clear();
    escaped_quote_ = false;
    form_ = StatementForm::sql;
  }

  /// The data begins on the line after the semicolon and ends before a line "\.".
  void take_copy_data(Statement& statement) {
    statement.form = StatementForm::copy_data;
    if (statement_.is_binary_copy()) {
      complain("binary-copy-data", "COPY data in binary format cannot stand in a SQL file",
               statement.offset, "write the data in text or CSV format");
    }
    skip_rest_of_line();
    const std::size_t begin = scanner_.position();
    std::size_t end = begin;
    while (end < text_.size()) {
      const std::size_t line_end = std::min(text_.find('\n', end), text_.size());
      const std::size_t next = std::min(line_end + 1, text_.size());
      if (is_end_of_data(text_.substr(end, line_end - end))) {
        statement.data_offset = begin;
        statement.data_length = end - begin;
        scanner_.jump_to(next);
        return;
      }
      end = next;
    }
    statement.data_offset = begin;
    statement.data_length = end - begin;
    scanner_.jump_to(end);
    complain("unterminated-copy-data", "the data of this COPY does not end with a line \"\\.\"",
             statement.offset,
             "add a line that holds nothing but \"\\.\" after the last data line");
  }

  static bool is_end_of_data(std::string_view line) {
    return line.starts_with("\\.") && (line.size() == 2 || line == "\\.\r");
  }

  void skip_rest_of_line() {
    const std::size_t begin = scanner_.position();
    const std::size_t line_end = std::min(text_.find('\n', begin), text_.size());
    bool clean = true;
    while (scanner_.position() < line_end) {
      const Token token = scanner_.next();
      const bool spans_lines =
          token.kind == TokenKind::block_comment && token.offset + token.length > line_end;
      clean = clean && is_blank_or_comment(token.kind) && !spans_lines;
    }
    if (!clean) {
      complain("text-after-copy",
               "something stands behind COPY ... FROM STDIN on its line, where its data is due",
               begin, "put it on a line of its own, after the line \"\\.\"");
    }
    scanner_.jump_to(std::min(line_end + 1, text_.size()));
  }

  void find_nul() {
    const std::size_t nul = text_.find('\0');
    if (nul == std::string_view::npos) return;
    complain("nul-byte", "the file holds a NUL byte, which PostgreSQL cannot take", nul,
             "save the file as UTF-8 text (UTF-16 is full of NUL bytes)");
  }

  void complain_about_unterminated(const Token& token) {
    switch (token.kind) {
      case TokenKind::block_comment:
        complain("unterminated-comment", "this comment is never closed", token.offset,
                 "close it with \"*/\"; comments nest, so each \"/*\" inside needs its own");
        break;
      case TokenKind::quoted_name:
        complain("unterminated-identifier", "this quoted name is never closed", token.offset,
                 "close it with '\"'");
        break;
      case TokenKind::dollar_body: {
        const std::string_view body = text_of(text_, token);
        const std::string tag(body.substr(0, body.find('$', 1) + 1));
        complain("unterminated-dollar-quote", "the text quoted with " + tag + " is never closed",
                 token.offset, "close it with " + tag + ", written the same way");
        break;
      }
      default:
        complain("unterminated-quote", "this quoted text is never closed", token.offset,
                 escaped_quote_
                     ? "a backslash does not escape a quote here: double the quote, or write E'...'"
                     : "close it with \"'\"; a quote inside is written twice");
        break;
    }
  }

  /// 'it\'s' is written by who takes the backslash for an escape: the quote after it ends the
  /// literal, and the next one opens what is never closed.
  bool looks_escaped(const Token& token) const {
    const char first = text_[token.offset];
    return token.kind == TokenKind::literal && first != 'e' && first != 'E' &&
           strings_.current() == StringStyle::standard_conforming &&
           text_of(text_, token).ends_with("\\'");
  }

  /// At the end of the text, unless a quote that swallowed the rest was reported already.
  void complain_about_open_ends() {
    if (ended_inside_token_) return;
    if (!statement_.parentheses().empty()) {
      complain("unbalanced-parenthesis", "this parenthesis is never closed",
               statement_.parentheses().back(), "close it with \")\"");
    } else if (!statement_.bodies().empty()) {
      complain("unterminated-body", "this BEGIN ATOMIC body is never closed",
               statement_.bodies().back(),
               "close it with END; every statement in it needs its semicolon, the last one too");
    }
  }

  static std::string shown(std::string_view line) {
    constexpr std::size_t longest = 60;
    std::string result(line.substr(0, byte_of_character(line, longest)));
    if (result.size() < line.size()) result += "...";
    return result;
  }

  void complain(std::string id, std::string message, std::size_t offset, std::string next) {
    if (result_.findings.size() == kMostFindings) return;
    result_.findings.push_back(Finding{.severity = Severity::error,
                                       .id = std::move(id),
                                       .message = std::move(message),
                                       .place = place_of(source_, offset),
                                       .next = std::move(next)});
  }

  const Source& source_;
  std::string_view text_;
  Scanner scanner_;
  Cursor cursor_;
  StatementTracker statement_;
  StringStyleTracker strings_;
  StatementForm form_ = StatementForm::sql;
  bool ended_inside_token_ = false;
  bool escaped_quote_ = false;  ///< a literal of this statement ends in a backslash and its quote
  SplitResult result_;
};

}  // namespace

SplitResult split(const Source& source) {
  return Splitter(source).run();
}

}  // namespace migrator
