#include "engine/sql/scanner.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace migrator {
namespace {

using Classes = std::uint8_t;
constexpr Classes kBlank = 1;
constexpr Classes kWordStart = 2;  // also what a dollar quote's tag may begin with
constexpr Classes kWordPart = 4;
constexpr Classes kDigit = 8;
constexpr Classes kOperator = 16;
constexpr Classes kSignKeeper = 32;  // an operator with one of these may end in + or -

constexpr std::array<Classes, 256> make_classes() {
  std::array<Classes, 256> classes{};
  const auto add = [&classes](std::string_view bytes, Classes added) {
    for (const char c : bytes) {
      Classes& entry = classes[static_cast<unsigned char>(c)];
      entry = static_cast<Classes>(entry | added);
    }
  };
  add(" \t\n\r\f\v", kBlank);
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", kWordStart | kWordPart);
  add("0123456789", kDigit | kWordPart);
  add("$", kWordPart);
  add("+-*/<>=", kOperator);
  add("~!@#%^&|`?", kOperator | kSignKeeper);
  for (std::size_t byte = 0x80; byte < classes.size(); ++byte) {
    classes[byte] = kWordStart | kWordPart;
  }
  return classes;
}

constexpr std::array<Classes, 256> kClasses = make_classes();

bool is(char c, Classes wanted) {
  return (kClasses[static_cast<unsigned char>(c)] & wanted) != 0;
}

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_hex(char c) {
  return is(c, kDigit) || (lower(c) >= 'a' && lower(c) <= 'f');
}

struct End {
  std::size_t position;
  bool terminated;
};

/// Finds where the token ends that begins at a position. All members take and return positions.
class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text) {}

  std::size_t run(std::size_t at, Classes classes) const {
    while (at < text_.size() && is(text_[at], classes)) ++at;
    return at;
  }

  std::size_t line_end(std::size_t at) const {
    while (at < text_.size() && text_[at] != '\n' && text_[at] != '\r') ++at;
    return at;
  }

  /// psql takes a line for what stands before "\n": a lone "\r" is a blank to its commands.
  std::size_t psql_line_end(std::size_t at) const {
    const std::size_t end = std::min(text_.find('\n', at), text_.size());
    return end > at && text_[end - 1] == '\r' ? end - 1 : end;
  }

  End block_comment(std::size_t at) const {
    std::size_t depth = 1;
    at += 2;
    while (at + 1 < text_.size()) {
      if (text_[at] == '/' && text_[at + 1] == '*') {
        ++depth;
        at += 2;
      } else if (text_[at] == '*' && text_[at + 1] == '/') {
        at += 2;
        if (--depth == 0) return {at, true};
      } else {
        ++at;
      }
    }
    return {text_.size(), false};
  }

  /// A quoted thing from its opening quote; a doubled quote does not end it.
  End quoted(std::size_t at, char quote) const {
    ++at;
    while (true) {
      at = text_.find(quote, at);
      if (at == std::string_view::npos) return {text_.size(), false};
      ++at;
      if (at == text_.size() || text_[at] != quote) return {at, true};
      ++at;
    }
  }

  End quoted_with_escapes(std::size_t at) const {
    ++at;
    while (at < text_.size()) {
      const char c = text_[at];
      if (c == '\\') {
        at += 2;
      } else if (c != '\'') {
        ++at;
      } else if (at + 1 < text_.size() && text_[at + 1] == '\'') {
        at += 2;
      } else {
        return {at + 1, true};
      }
    }
    return {text_.size(), false};
  }

  /// A literal from its opening quote to its end. One that is followed by a line end and another
  /// quote goes on there, in the same style: E'a' <line end> 'b\'c' is one literal.
  End literal(std::size_t at, bool escapes) const {
    while (true) {
      const End end = escapes ? quoted_with_escapes(at) : quoted(at, '\'');
      if (!end.terminated) return end;
      const std::size_t next = continuation(end.position);
      if (next == std::string_view::npos) return end;
      at = next;
    }
  }

  /// `$tag$ ... $tag$`, or the end of `$` alone when no tag follows.
  End dollar_body(std::size_t at) const {
    std::size_t tag_end = at + 1;
    if (tag_end < text_.size() && is(text_[tag_end], kWordStart)) {
      while (tag_end < text_.size() && text_[tag_end] != '$' && is(text_[tag_end], kWordPart)) {
        ++tag_end;
      }
    }
    if (tag_end == text_.size() || text_[tag_end] != '$') return {at + 1, true};
    const std::string_view tag = text_.substr(at, tag_end + 1 - at);
    const std::size_t close = text_.find(tag, tag_end + 1);
    if (close == std::string_view::npos) return {text_.size(), false};
    return {close + tag.size(), true};
  }

  std::size_t number(std::size_t at) const {
    if (text_[at] == '0' && at + 1 < text_.size()) {
      const char base = lower(text_[at + 1]);
      const std::size_t end = base == 'x'   ? digits(at + 2, is_hex)
                              : base == 'o' ? digits(at + 2, is_octal)
                              : base == 'b' ? digits(at + 2, is_binary)
                                            : at + 2;
      if (end > at + 2) return end;
    }
    at = decimal(at);
    const bool range = text_.substr(at, 2) == "..";  // 1..10 is 1, .., 10
    if (at < text_.size() && text_[at] == '.' && !range) at = decimal(at + 1);
    if (at < text_.size() && lower(text_[at]) == 'e') {
      std::size_t exponent = at + 1;
      if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
      if (exponent < text_.size() && is(text_[exponent], kDigit)) at = decimal(exponent);
    }
    return at;
  }

  std::size_t operator_sign(std::size_t at) const {
    std::size_t end = at + 1;
    bool keeps_sign = is(text_[at], kSignKeeper);
    while (end < text_.size() && is(text_[end], kOperator) && !opens_comment(end)) {
      keeps_sign = keeps_sign || is(text_[end], kSignKeeper);
      ++end;
    }
    if (keeps_sign) return end;
    while (end > at + 1 && (text_[end - 1] == '+' || text_[end - 1] == '-')) --end;
    return end;
  }

  bool opens_comment(std::size_t at) const {
    const std::string_view two = text_.substr(at, 2);
    return two == "--" || two == "/*";
  }

 private:
  static bool is_octal(char c) { return c >= '0' && c <= '7'; }
  static bool is_binary(char c) { return c == '0' || c == '1'; }
  static bool is_decimal(char c) { return is(c, kDigit); }

  /// Digits after a base's prefix, each with at most one underscore before it.
  template <typename Predicate>
  std::size_t digits(std::size_t at, Predicate fits) const {
    while (at < text_.size()) {
      const bool gap = text_[at] == '_' && at + 1 < text_.size();
      if (!fits(text_[gap ? at + 1 : at])) break;
      at += gap ? 2 : 1;
    }
    return at;
  }

  /// Decimal digits; unlike after a prefix, an underscore may not come first.
  std::size_t decimal(std::size_t at) const {
    if (at == text_.size() || !is(text_[at], kDigit)) return at;
    return digits(at, is_decimal);
  }

  /// The quote with which a literal that ended at `at` goes on, or npos.
  std::size_t continuation(std::size_t at) const {
    bool line_ended = false;
    while (at < text_.size()) {
      const char c = text_[at];
      if (c == '\'') return line_ended ? at : std::string_view::npos;
      if (is(c, kBlank)) {
        line_ended = line_ended || c == '\n' || c == '\r';
        ++at;
      } else if (text_.substr(at, 2) == "--") {
        at = line_end(at);
      } else {
        break;
      }
    }
    return std::string_view::npos;
  }

  std::string_view text_;
};

}  // namespace

Token Scanner::next() {
  const Cutter cut(text_);
  const std::size_t at = position_;
  const char c = text_[at];
  const char after = at + 1 < text_.size() ? text_[at + 1] : '\0';

  const auto token = [&](TokenKind kind, std::size_t end, bool terminated = true) {
    position_ = end;
    return Token{kind, at, end - at, terminated};
  };
  const auto literal = [&](std::size_t quote, bool escapes) {
    const End end = cut.literal(quote, escapes);
    return token(TokenKind::literal, end.position, end.terminated);
  };
  const auto quoted_name = [&](std::size_t quote) {
    const End end = cut.quoted(quote, '"');
    return token(TokenKind::quoted_name, end.position, end.terminated);
  };

  if (is(c, kBlank)) return token(TokenKind::white_space, cut.run(at + 1, kBlank));
  if (is(c, kWordStart)) {
    const bool plain_escapes = style_ == StringStyle::backslash_escapes;
    if (after == '\'') {
      switch (lower(c)) {
        case 'e':
          return literal(at + 1, true);
        case 'n':
          return literal(at + 1, plain_escapes);
        case 'b':
        case 'x':
          return literal(at + 1, false);
        default:
          break;
      }
    }
    if (after == '&' && lower(c) == 'u' && at + 2 < text_.size()) {
      if (text_[at + 2] == '\'') return literal(at + 2, false);
      if (text_[at + 2] == '"') return quoted_name(at + 2);
    }
    return token(TokenKind::word, cut.run(at + 1, kWordPart));
  }
  if (is(c, kDigit) || (c == '.' && is(after, kDigit))) {
    return token(TokenKind::number, cut.number(at));
  }
  if (is(c, kOperator)) {
    if (c == '-' && after == '-') return token(TokenKind::line_comment, cut.line_end(at));
    if (c == '/' && after == '*') {
      const End end = cut.block_comment(at);
      return token(TokenKind::block_comment, end.position, end.terminated);
    }
    return token(TokenKind::operator_sign, cut.operator_sign(at));
  }
  switch (c) {
    case '\'':
      return literal(at, style_ == StringStyle::backslash_escapes);
    case '"':
      return quoted_name(at);
    case ';':
      return token(TokenKind::semicolon, at + 1);
    case '\\':
      return token(TokenKind::backslash, cut.psql_line_end(at));
    case '$': {
      if (is(after, kDigit)) return token(TokenKind::parameter, cut.run(at + 1, kDigit));
      const End end = cut.dollar_body(at);
      const bool lone = end.position == at + 1;
      return token(lone ? TokenKind::punctuation : TokenKind::dollar_body, end.position,
                   end.terminated);
    }
    case ':':
      return token(TokenKind::punctuation, at + (after == ':' || after == '=' ? 2 : 1));
    case '.':
      return token(TokenKind::punctuation, at + (after == '.' ? 2 : 1));
    default:
      return token(TokenKind::punctuation, at + 1);
  }
}

}  // namespace migrator
