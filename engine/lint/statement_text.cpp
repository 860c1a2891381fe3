#include "engine/lint/statement_text.h"

#include <algorithm>
#include <array>

#include "engine/sql/words.h"

namespace migrator {
namespace {

/// Behind an expression or the action of a foreign key, outside of parentheses.
constexpr auto kNextClause = std::to_array<std::string_view>(
    {"check", "collate", "constraint", "generated", "primary", "references", "unique", "default"});

}  // namespace

StatementText::StatementText(std::string_view sql) : sql_(sql) {
  std::size_t depth = 0;
  for (Scanner scanner(sql); !scanner.at_end();) {
    const Token token = scanner.next();
    if (is_blank_or_comment(token.kind)) continue;
    const std::string_view text = text_of(sql, token);
    if (text == ")" && depth > 0) --depth;
    tokens_.push_back({token, depth});
    if (text == "(") ++depth;
  }
}

bool StatementText::is(std::size_t i, std::string_view keyword) const {
  const Token& token = tokens_[i].token;
  return token.kind == TokenKind::word && is_keyword(text_of(sql_, token), keyword);
}

std::size_t StatementText::find(std::initializer_list<std::string_view> keywords,
                                std::size_t from) const {
  for (std::size_t i = from; i < tokens_.size(); ++i)
    if (tokens_[i].depth == 0 &&
        std::ranges::any_of(keywords, [&](std::string_view keyword) { return is(i, keyword); }))
      return i;
  return tokens_.size();
}

std::string StatementText::parentheses(std::size_t from) const {
  for (std::size_t i = from; i < tokens_.size(); ++i) {
    if (text_of(sql_, tokens_[i].token) != "(") continue;
    for (std::size_t end = i + 1; end < tokens_.size(); ++end)
      if (tokens_[end].depth == tokens_[i].depth && text_of(sql_, tokens_[end].token) == ")")
        return std::string(
            sql_.substr(tokens_[i].token.offset, end_of(end) - tokens_[i].token.offset));
  }
  return {};
}

std::string StatementText::clause(std::size_t from) const {
  if (from >= tokens_.size()) return {};
  std::size_t end = from;
  for (std::size_t i = from + 1; i < tokens_.size(); ++i) {
    if (tokens_[i].depth > 0) {
      end = i;
      continue;
    }
    if (text_of(sql_, tokens_[i].token) == ",") break;
    const bool negates = is(i, "not") && i + 1 < tokens_.size() && is(i + 1, "null");
    const bool sets = is(i - 1, "set");  // ON DELETE SET DEFAULT
    const bool next =
        std::ranges::any_of(kNextClause, [&](std::string_view keyword) { return is(i, keyword); });
    if (negates || (next && !sets)) break;
    end = i;
  }
  return std::string(
      sql_.substr(tokens_[from].token.offset, end_of(end) - tokens_[from].token.offset));
}

std::string StatementText::with(std::string_view word, std::size_t behind) const {
  if (behind >= tokens_.size()) return {};
  std::string text(sql_);
  return text.insert(end_of(behind), " " + std::string(word));
}

std::string StatementText::without(std::size_t first, std::size_t count) const {
  if (first + count >= tokens_.size()) return {};
  std::string text(sql_);
  const std::size_t begin = tokens_[first].token.offset;
  return text.erase(begin, tokens_[first + count].token.offset - begin);
}

}  // namespace migrator
