#include "engine/sql/splitter.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/sql/copy_command.h"
#include "engine/sql/meta_command.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

// A place costs a walk over the text before it; a text with more faults than this is no SQL.
constexpr std::size_t kMostFindings = 50;

std::string shown(std::string_view line) {
  constexpr std::size_t longest = 60;
  std::string result(line.substr(0, byte_of_character(line, longest)));
  if (result.size() < line.size()) result += "...";
  return result;
}

}  // namespace

StatementReader::StatementReader(const Source& source, const StringStyleTracker& strings)
    : source_(source),
      text_(source.text),
      scanner_(source.text, strings.current()),
      trail_(source),
      strings_(strings),
      line_(source.first_line) {}

void StatementReader::use(const StringStyleTracker& strings) {
  strings_ = strings;
  scanner_.use(strings_.current());
}

std::optional<Statement> StatementReader::next() {
  while (!finished_ && !scanner_.at_end()) take(scanner_.next());
  if (!finished_ && !statement_.empty()) {
    complain_about_open_ends();
    finish_statement(StatementForm::sql);
  }
  return std::exchange(finished_, std::nullopt);
}

void StatementReader::take(const Token& token) {
  trail_.reached(token.offset);
  if (!token.terminated) {
    ended_inside_token_ = true;
    complain_about_unterminated(token);
  }
  if (token.kind == TokenKind::line_comment) note_marked_comment(token);
  if (is_blank_or_comment(token.kind)) return;
  if (token.kind == TokenKind::semicolon && statement_.is_complete()) {
    if (!statement_.empty()) finish_statement(StatementForm::sql);
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

void StatementReader::note_marked_comment(const Token& token) {
  const std::string_view words = trim(text_of(text_, token).substr(2));
  if (starts_with_ignoring_case(words, "migrator")) marked_comments_.push_back(token.offset);
}

void StatementReader::take_backslash(const Token& token) {
  const std::string_view line = trim(text_of(text_, token));
  if (line == "\\.") {
    complain("stray-backslash", "\"\\.\" ends the data of a COPY, but none is open here",
             token.offset, "remove the line, or put it after the data of COPY ... FROM STDIN");
  } else if (line == "\\") {
    complain("stray-backslash", "a backslash outside of quotes means nothing in SQL", token.offset,
             "remove it");
  } else if (!statement_.empty()) {
    return send_off(line, token);
  }
  if (!statement_.empty()) return;
  Token command = token;
  command.length = line.size();
  statement_.take(text_, command);
  finish_statement(StatementForm::meta_command);
}

/// \g, \gx and \gexec end a statement as a semicolon does; no other command may stand in one.
void StatementReader::send_off(std::string_view line, const Token& token) {
  const bool runs_result = line == "\\gexec";
  if (statement_.is_complete() && (runs_result || line == "\\g" || line == "\\gx"))
    return finish_statement(StatementForm::sql, runs_result ? Ending::gexec : Ending::plain);
  const std::string_view name = meta_command_name(line);
  const bool sends = name.starts_with('g') || name == "crosstabview" || name == "watch";
  complain("meta-command-in-statement",
           sends ? "this psql command is not supported: " + shown(line)
                 : "a psql command stands in the middle of a statement: " + shown(line),
           token.offset,
           sends
               ? "end the statement with a semicolon or \\gexec"
               : "end the statement before it with a semicolon, and give the command its own line");
}

void StatementReader::finish_statement(StatementForm form, Ending ending) {
  Statement statement;
  statement.form = form;
  statement.ending = ending;
  statement.offset = statement_.offset();
  statement.length = statement_.length();
  statement.strings = strings_.current();
  statement.mentions_variables = statement_.mentions_variables();
  move_cursor_to(statement.offset);
  statement.line = line_;
  statement.column = column_;
  if (statement_.is_copy_from_stdin() || copies_what_follows(form, statement))
    take_copy_data(statement);
  if (statement_.may_change_strings()) {
    strings_.follow(text_.substr(statement.offset, statement.length));
    scanner_.use(strings_.current());
  }
  finished_ = statement;
  statement_.clear();
  escaped_quote_ = false;
}

/// \copy ... from stdin: psql reads its rows from the script as well.
bool StatementReader::copies_what_follows(StatementForm form, const Statement& statement) const {
  constexpr std::string_view name = "\\copy ";
  const std::string_view line = text_.substr(statement.offset, statement.length);
  if (form != StatementForm::meta_command || !line.starts_with(name)) return false;
  const CopyCommand copy = read_copy_command(line.substr(name.size()));
  return copy.problem.empty() && copy.file.empty();
}

void StatementReader::move_cursor_to(std::size_t offset) {
  const LinesBefore passed = lines_before(source_, cursor_, offset);
  line_ += passed.count;
  if (passed.count > 0) column_ = 1;
  column_ += count_characters(text_.substr(passed.line_begin, offset - passed.line_begin));
  cursor_ = offset;
}

/// What the cursor would count again.
void StatementReader::pass_lines(const EndOfData& end) {
  if (!end.marked) return;
  line_ += end.lines;
  column_ = 1;
  cursor_ = end.next;
}

/// The data begins on the line after the semicolon and ends before a line "\.".
void StatementReader::take_copy_data(Statement& statement) {
  statement.form = StatementForm::copy_data;
  if (statement_.is_binary_copy()) {
    complain("binary-copy-data", "COPY data in binary format cannot stand in a SQL file",
             statement.offset, "write the data in text or CSV format");
  }
  skip_rest_of_line();
  statement.data_offset = scanner_.position();
  move_cursor_to(statement.data_offset);
  const EndOfData end = find_end_of_data(source_, statement.data_offset, trail_);
  if (source_.long_data == nullptr) keep_end_of_data(new_long_data_, statement.data_offset, end);
  pass_lines(end);
  statement.data_length = end.data - statement.data_offset;
  scanner_.jump_to(end.next);
  if (end.marked) return;
  complain("unterminated-copy-data", "the data of this COPY does not end with a line \"\\.\"",
           statement.offset, "add a line that holds nothing but \"\\.\" after the last data line");
}

void StatementReader::skip_rest_of_line() {
  const std::size_t begin = scanner_.position();
  const std::size_t line_end = std::min(text_.find('\n', begin), text_.size());
  bool clean = true;
  while (scanner_.position() < line_end) {
    const Token token = scanner_.next();
    if (!token.terminated && is_blank_or_comment(token.kind)) complain_about_unterminated(token);
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

/// 'it\'s' is written by who takes the backslash for an escape: the quote after it ends the
/// literal, and the next one opens what is never closed.
bool StatementReader::looks_escaped(const Token& token) const {
  const char first = text_[token.offset];
  return token.kind == TokenKind::literal && first != 'e' && first != 'E' &&
         strings_.current() == StringStyle::standard_conforming &&
         text_of(text_, token).ends_with("\\'");
}

void StatementReader::complain_about_unterminated(const Token& token) {
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

/// At the end of the text, unless a quote that swallowed the rest was reported already.
void StatementReader::complain_about_open_ends() {
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

void StatementReader::complain(std::string id, std::string message, std::size_t offset,
                               std::string next) {
  if (findings_.size() == kMostFindings) return;
  findings_.push_back(Finding{.severity = Severity::error,
                              .id = std::move(id),
                              .message = std::move(message),
                              .place = place_of(source_, offset),
                              .next = std::move(next)});
}

SplitResult split(const Source& source) {
  SplitResult result;
  StatementReader reader(source);
  while (const auto statement = reader.next()) result.statements.push_back(*statement);
  result.findings = reader.findings();
  std::ranges::stable_sort(result.findings, {}, [](const Finding& finding) {
    return std::pair(finding.place->line, finding.place->column);
  });
  return result;
}

}  // namespace migrator
