#include "engine/sql/statement_words.h"

#include <algorithm>
#include <cctype>

#include "engine/base/text.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

// The longest way to a word that matters is a list of publications before WITH (...).
constexpr std::size_t kMostWords = 256;

bool is_false(std::string_view value) {
  value.remove_prefix(value.starts_with('\'') ? 1 : 0);
  value.remove_suffix(value.ends_with('\'') ? 1 : 0);
  return is_keyword(value, "false") || is_keyword(value, "off") || value == "0";
}

}  // namespace

StatementWords::StatementWords(std::string_view statement)
    : statement_(statement), scanner_(statement) {}

bool StatementWords::read_up_to(std::size_t i) const {
  constexpr std::size_t enough_for_most = 8;
  if (words_.empty()) words_.reserve(enough_for_most);
  while (words_.size() <= i && words_.size() < kMostWords && !scanner_.at_end()) {
    const Token token = scanner_.next();
    if (is_blank_or_comment(token.kind)) continue;
    const bool quoted = token.kind == TokenKind::literal || token.kind == TokenKind::quoted_name ||
                        token.kind == TokenKind::dollar_body;
    words_.push_back({text_of(statement_, token), quoted});
  }
  return i < words_.size();
}

std::size_t StatementWords::size() const {
  read_up_to(kMostWords);
  return words_.size();
}

bool StatementWords::are_all() const {
  read_up_to(kMostWords);
  return scanner_.at_end();
}

bool StatementWords::is(std::size_t i, std::string_view keyword) const {
  return has(i) && !words_[i].quoted && is_keyword(words_[i].text, keyword);
}

bool StatementWords::is_one_of(std::size_t i,
                               std::initializer_list<std::string_view> keywords) const {
  return std::any_of(keywords.begin(), keywords.end(),
                     [&](std::string_view keyword) { return is(i, keyword); });
}

std::string StatementWords::unquoted(std::size_t i) const {
  if (!has(i)) return {};
  if (!words_[i].quoted) return to_lower_ascii(words_[i].text);
  Scanner scanner(words_[i].text);
  return migrator::unquoted(words_[i].text, scanner.next());
}

std::string StatementWords::upper(std::size_t i) const {
  if (!has(i) || words_[i].quoted) return {};
  std::string result(words_[i].text);
  if (std::isalpha(static_cast<unsigned char>(result.front())) == 0) return {};
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

std::size_t StatementWords::find(std::string_view keyword, std::size_t from) const {
  while (has(from) && !is(from, keyword)) {
    from = std::max(from + 1, after_parentheses(from));
  }
  return std::min(from, words_.size());
}

std::size_t StatementWords::after_parentheses(std::size_t i) const {
  if (!is(i, "(")) return i;
  std::size_t depth = 0;
  for (; has(i); ++i) {
    if (is(i, "(")) ++depth;
    if (is(i, ")") && --depth == 0) return i + 1;
  }
  return words_.size();
}

StatementWords::Option StatementWords::option(std::size_t i, std::string_view name) const {
  const std::size_t end = after_parentheses(i);
  for (; i < end; ++i) {
    // A name stands behind the parenthesis or a comma; elsewhere the word is a value.
    if (!is(i, "(") && !is(i, ",")) continue;
    if (!is(i + 1, name)) continue;
    const std::size_t value = is(i + 2, "=") ? i + 3 : i + 2;
    return value < end && is_false(words_[value].text) ? Option::off : Option::on;
  }
  return Option::absent;
}

}  // namespace migrator
