#include "tests/support/split_checks.h"

#include <pg_query.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/sql/splitter.h"
#include "engine/sql/words.h"

namespace migrator::testing {
namespace {

std::string shown(std::string_view text, const Bounds& bounds) {
  return std::to_string(bounds.offset) + "+" + std::to_string(bounds.length) + " |" +
         std::string(text.substr(bounds.offset, bounds.length)) + "|";
}

/// From the first significant token of a stretch to its last.
Bounds significant(std::string_view text, std::size_t from, std::size_t to) {
  Bounds bounds{from, 0};
  Scanner scanner(text.substr(0, to));
  for (scanner.jump_to(from); !scanner.at_end();) {
    const Token token = scanner.next();
    if (is_blank_or_comment(token.kind)) continue;
    if (bounds.length == 0) bounds.offset = token.offset;
    bounds.length = token.offset + token.length - bounds.offset;
  }
  return bounds;
}

/// Whether there is such a finding, or may be behind as many as are reported.
bool has(const SplitResult& result, std::string_view id) {
  constexpr std::size_t most = 50;
  return result.findings.size() == most ||
         std::ranges::any_of(result.findings, [&](const Finding& f) { return f.id == id; });
}

/// Goes through a split from its first byte to its last.
class Walk {
 public:
  explicit Walk(std::string_view text)
      : source_{.file = "f", .text = text}, result_(split(source_)) {}

  std::string fault() {
    for (const Statement& statement : result_.statements) take(statement);
    take_gap(source_.text.size());
    if (fault_.empty() && rebuilt_ != source_.text) fault_ = "the pieces do not make up the text";
    return fault_;
  }

 private:
  void complain(const std::string& what) {
    if (fault_.empty()) fault_ = what + " at byte " + std::to_string(at_);
  }

  void take_piece(std::size_t offset, std::size_t length) {
    if (offset != at_ || offset + length > source_.text.size()) return complain("no piece begins");
    rebuilt_ += source_.text.substr(offset, length);
    at_ += length;
  }

  void take_gap(std::size_t end) {
    if (at_ > end || end > source_.text.size()) return complain("pieces overlap");
    for (Scanner scanner(source_.text.substr(at_, end - at_)); !scanner.at_end();)
      check_gap(scanner.text(), scanner.next());
    take_piece(at_, end - at_);
  }

  void check_gap(std::string_view gap, const Token& token) {
    if (!token.terminated && !has(result_, "unterminated-comment"))
      complain("an open comment is no finding");
    if (is_blank_or_comment(token.kind) || token.kind == TokenKind::semicolon) return;
    const std::string_view line = trim(text_of(gap, token));
    const bool sends = line == "\\g" || line == "\\gx" || line == "\\gexec";
    const bool complained =
        has(result_, "meta-command-in-statement") || has(result_, "stray-backslash");
    if (token.kind != TokenKind::backslash || !(sends || complained))
      complain("a gap holds \"" + std::string(line) + "\"");
  }

  void take(const Statement& statement) {
    take_gap(statement.offset);
    if (statement.length == 0) complain("an empty statement");
    const Place place = place_of(source_, statement.offset);
    if (place.line != statement.line || place.column != statement.column)
      complain("a statement's line and column are wrong");
    const Bounds whole = {statement.offset, statement.length};
    const bool trimmed =
        !is_blank(source_.text[whole.offset]) &&
        (has(result_, "unterminated-quote") || has(result_, "unterminated-dollar-quote") ||
         has(result_, "unterminated-identifier") ||
         !is_blank(source_.text[whole.offset + whole.length - 1]));
    if (!trimmed) complain("a statement has blanks around it");
    take_piece(statement.offset, statement.length);
    if (statement.form == StatementForm::copy_data) take_data(statement);
  }

  void take_data(const Statement& statement) {
    // What wrongly stands on the line before the data is no statement.
    if (has(result_, "text-after-copy")) {
      if (statement.data_offset < at_) return complain("data overlaps its statement");
      take_piece(at_, statement.data_offset - at_);
    } else {
      take_gap(statement.data_offset);
    }
    const bool on_new_line = at_ == source_.text.size() || source_.text[at_ - 1] == '\n';
    if (!on_new_line) complain("data begins inside a line");
    take_piece(statement.data_offset, statement.data_length);
    if (source_.text.substr(std::min(at_, source_.text.size())).starts_with("\\.")) {
      take_piece(at_, 2);
    } else if (at_ != source_.text.size() || !has(result_, "unterminated-copy-data")) {
      complain("data ends without its mark");
    }
  }

  static bool is_blank(char c) { return trim(std::string_view(&c, 1)).empty(); }

  Source source_;
  SplitResult result_;
  std::size_t at_ = 0;
  std::string rebuilt_;
  std::string fault_;
};

}  // namespace

std::optional<std::vector<Bounds>> parsers_bounds(std::string_view text) {
  // The library takes C strings.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string copy(text);
  PgQuerySplitResult result = pg_query_split_with_parser(copy.c_str());
  std::optional<std::vector<Bounds>> bounds;
  if (result.error == nullptr) {
    bounds.emplace();
    for (int i = 0; i < result.n_stmts; ++i) {
      const auto from = static_cast<std::size_t>(result.stmts[i]->stmt_location);
      const auto length = static_cast<std::size_t>(result.stmts[i]->stmt_len);
      bounds->push_back(significant(text, from, length == 0 ? text.size() : from + length));
    }
  }
  pg_query_free_split_result(result);
  return bounds;
}

std::string lost_bytes(std::string_view text) {
  return Walk(text).fault();
}

std::string disagreement(std::string_view text) {
  const auto theirs = parsers_bounds(text);
  if (!theirs) return {};
  const SplitResult result = split(Source{.file = "f", .text = text});
  for (std::size_t i = 0; i < result.statements.size(); ++i) {
    const Statement& statement = result.statements[i];
    if (statement.strings != StringStyle::standard_conforming) return {};
    const Bounds ours = {statement.offset, statement.length};
    if (i >= theirs->size()) return "only we see a statement at " + shown(text, ours);
    if (ours != (*theirs)[i])
      return "we say " + shown(text, ours) + ", the parser " + shown(text, (*theirs)[i]);
    if (statement.form == StatementForm::copy_data) return {};
  }
  if (theirs->size() > result.statements.size())
    return "only the parser sees a statement at " +
           shown(text, (*theirs)[result.statements.size()]);
  return result.findings.empty() ? std::string()
                                 : "the parser accepts it, we do not: " + result.findings[0].id;
}

}  // namespace migrator::testing
