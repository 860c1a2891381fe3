// Asking what a token says: keywords without regard to case, and quoted things without their
// quotes. For recognizing a handful of statements; no parser.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/sql/scanner.h"

namespace migrator {

inline std::string_view text_of(std::string_view text, const Token& token) {
  return text.substr(token.offset, token.length);
}

inline bool is_blank_or_comment(TokenKind kind) {
  return kind == TokenKind::white_space || kind == TokenKind::line_comment ||
         kind == TokenKind::block_comment;
}

/// Whether a word is this keyword, which is written in lower case.
inline bool is_keyword(std::string_view word, std::string_view keyword) {
  return word.size() == keyword.size() &&
         std::equal(word.begin(), word.end(), keyword.begin(), [](char a, char b) {
           return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b);
         });
}

/// What a literal, a quoted name or a dollar-quoted body stands for, without its quotes and prefix.
/// Doubled quotes are undone; backslash and Unicode escapes are not.
std::string unquoted(std::string_view text, const Token& token);

}  // namespace migrator
