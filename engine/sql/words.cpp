#include "engine/sql/words.h"

namespace migrator {

std::string unquoted(std::string_view text, const Token& token) {
  std::string_view inside = text_of(text, token);
  if (token.kind == TokenKind::dollar_body) {
    const std::size_t tag = inside.find('$', 1) + 1;
    const std::size_t close = token.terminated ? tag : 0;
    return std::string(inside.substr(tag, inside.size() - tag - close));
  }
  const std::size_t open = inside.find_first_of("'\"");
  if (open == std::string_view::npos) return std::string(inside);
  const char quote = inside[open];
  inside.remove_prefix(open + 1);
  if (token.terminated) inside.remove_suffix(1);
  std::string result;
  result.reserve(inside.size());
  for (std::size_t i = 0; i < inside.size(); ++i) {
    result += inside[i];
    if (inside[i] == quote && i + 1 < inside.size() && inside[i + 1] == quote) ++i;
  }
  return result;
}

}  // namespace migrator
