#include "engine/sql/placeholder.h"

#include <algorithm>
#include <cctype>

#include "engine/sql/script_variables.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

using Around = Placeholder::Around;

Around around_in(std::string_view token, TokenKind kind, StringStyle style) {
  const char first = token.front();
  if (kind == TokenKind::quoted_name) return first == '"' ? Around::name : Around::unfit;
  if (kind != TokenKind::literal) return Around::unfit;
  if (first == 'e' || first == 'E') return Around::escape_literal;
  if (first != '\'' && first != 'n' && first != 'N') return Around::unfit;
  return style == StringStyle::backslash_escapes ? Around::escape_literal : Around::literal;
}

std::string doubled(std::string_view value, std::string_view which) {
  std::string result;
  for (const char c : value) result.append(which.find(c) == std::string_view::npos ? 1 : 2, c);
  return result;
}

/// It would be one string with what is beside it.
bool touches_string(std::string_view text, std::size_t begin, std::size_t end) {
  // A brace outside of quotes is the end of another of these; what else becomes a string begins so.
  constexpr std::string_view before = "'\"&}";
  const auto follows = [&](std::string_view what) { return text.substr(end).starts_with(what); };
  return (begin > 0 && before.find(text[begin - 1]) != std::string_view::npos) || follows("'") ||
         follows("\"") || follows("${") || follows("$${") || follows(":'") || follows(":\"");
}

/// A literal may go on in a further line, with a comment in between.
class Inside {
 public:
  Inside(std::string_view text, const Token& token, Around around)
      : text_(text), begin_(token.offset), end_(begin_ + token.length), around_(around) {}

  std::vector<Placeholder> find() {
    const char quote = around_ == Around::name ? '"' : '\'';
    for (std::size_t at = begin_; at < end_;) {
      const bool is_inside = is_quoted_ || around_ == Around::unfit;
      const std::size_t length = is_inside ? take(at) : 0;
      if (length > 0) {
        at += length;
        continue;
      }
      if (!is_quoted_ && text_.substr(at).starts_with("--")) {
        at = std::min(text_.find('\n', at), end_);
        continue;
      }
      const char c = text_[at++];
      if (c == quote) is_quoted_ = !is_quoted_;
      if (c == '\\' && is_quoted_ && around_ == Around::escape_literal) ++at;
    }
    return std::move(found_);
  }

 private:
  std::size_t take(std::size_t at) {
    const std::string_view rest = text_.substr(at, end_ - at);
    const bool is_plain = rest.starts_with("$$") && around_ != Around::unfit;
    const auto name = placeholder_at(is_plain ? rest.substr(1) : rest);
    if (!name) return 0;
    const std::size_t length = name->size() + (is_plain ? 4 : 3);
    found_.push_back({*name, at, length, around_, is_plain});
    return length;
  }

  std::string_view text_;
  std::size_t begin_, end_;
  Around around_;
  bool is_quoted_ = false;
  std::vector<Placeholder> found_ = {};
};

}  // namespace

std::optional<std::string_view> placeholder_at(std::string_view text) {
  if (!text.starts_with("${")) return std::nullopt;
  std::size_t end = 2;
  const auto is_of_name = [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '_' || (end > 2 ? std::isalnum(byte) != 0 : std::isalpha(byte) != 0);
  };
  while (end < text.size() && is_of_name(text[end])) ++end;
  if (end == 2 || end == text.size() || text[end] != '}') return std::nullopt;
  return text.substr(2, end - 2);
}

std::vector<Placeholder> placeholders_in(std::string_view text, const Token& token,
                                         StringStyle style) {
  const std::string_view written = text_of(text, token);
  if (token.kind == TokenKind::punctuation && written == "$") {
    const auto name = placeholder_at(text.substr(token.offset));
    if (!name) return {};
    const std::size_t length = name->size() + 3;
    const bool is_apart = !touches_string(text, token.offset, token.offset + length);
    return {{*name, token.offset, length, is_apart ? Around::nothing : Around::unfit, false}};
  }
  const bool is_quoted = token.kind == TokenKind::literal || token.kind == TokenKind::quoted_name ||
                         token.kind == TokenKind::dollar_body;
  if (!is_quoted || written.find("${") == std::string_view::npos) return {};
  return Inside(text, token, around_in(written, token.kind, style)).find();
}

std::string written_value(const Placeholder& placeholder, std::string_view value) {
  switch (placeholder.around) {
    case Around::literal:
      return doubled(value, "'");
    case Around::escape_literal:
      return doubled(value, "'\\");
    case Around::name:
      return doubled(value, "\"");
    default:
      return as_literal(value);
  }
}

}  // namespace migrator
