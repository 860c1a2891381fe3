#include "engine/report/sql_text.h"

#include <algorithm>
#include <array>

#include "engine/sql/words.h"

namespace migrator {
namespace {

constexpr auto kKeywords = std::to_array<std::string_view>(
    {"all",      "alter",     "and",       "any",    "as",       "asc",     "begin",  "between",
     "by",       "case",      "commit",    "copy",   "create",   "cross",   "delete", "desc",
     "distinct", "do",        "drop",      "else",   "end",      "except",  "exists", "false",
     "filter",   "for",       "from",      "full",   "group",    "having",  "in",     "inner",
     "insert",   "intersect", "into",      "is",     "join",     "lateral", "left",   "like",
     "limit",    "not",       "null",      "offset", "on",       "or",      "order",  "outer",
     "over",     "partition", "returning", "right",  "rollback", "select",  "set",    "table",
     "then",     "true",      "truncate",  "union",  "update",   "using",   "values", "when",
     "where",    "window",    "with"});

Tone tone_of(std::string_view sql, const Token& token) {
  const auto is_this = [&](std::string_view keyword) {
    return is_keyword(text_of(sql, token), keyword);
  };
  switch (token.kind) {
    case TokenKind::word:
      return std::ranges::any_of(kKeywords, is_this) ? Tone::strong : Tone::plain;
    case TokenKind::literal:
    case TokenKind::dollar_body:
      return Tone::warning;
    case TokenKind::line_comment:
    case TokenKind::block_comment:
      return Tone::faint;
    default:
      return Tone::plain;
  }
}

}  // namespace

std::string highlighted(std::string_view sql, Style style) {
  std::string text;
  for (Scanner scanner(sql); !scanner.at_end();) {
    const Token token = scanner.next();
    text += style.paint(tone_of(sql, token), text_of(sql, token));
  }
  return text;
}

}  // namespace migrator
