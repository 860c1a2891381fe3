// The scanner cuts SQL text into tokens after the lexical rules of PostgreSQL's scan.l. It is
// total: tokens follow one another without gap or overlap from the first byte to the last, whatever
// the input, so that nothing can get lost. It knows no grammar; the splitter and the canonical form
// stand on it.
#pragma once

#include <cstddef>
#include <string_view>

namespace migrator {

enum class TokenKind {
  white_space,
  line_comment,   ///< "--" up to, not including, the line end
  block_comment,  ///< nested /* */
  word,           ///< identifier or keyword, unquoted
  number,
  parameter,      ///< $1
  literal,        ///< '...', E'', B'', X'', N'', U&'' with its prefix; with what continues it on
                  ///< a further line ('a' <line end> 'b' is one literal to the server)
  quoted_name,    ///< "..." or U&"..."
  dollar_body,    ///< $tag$ ... $tag$
  operator_sign,  ///< a run of operator characters, cut as scan.l cuts it
  punctuation,    ///< ( ) [ ] , . : :: := .. and any other single byte
  semicolon,
  backslash,  ///< a "\" outside quotes: a psql meta-command up to the end of its line
};

struct Token {
  TokenKind kind = TokenKind::white_space;
  std::size_t offset = 0;  ///< bytes
  std::size_t length = 0;  ///< bytes, never 0
  bool terminated = true;  ///< false for a quote, comment or body that the text's end cut short
};

/// How backslashes in plain '...' read: as themselves (the default of every server since 9.1), or
/// as escapes after SET standard_conforming_strings = off.
enum class StringStyle { standard_conforming, backslash_escapes };

class Scanner {
 public:
  explicit Scanner(std::string_view text, StringStyle style = StringStyle::standard_conforming)
      : text_(text), style_(style) {}

  bool at_end() const { return position_ == text_.size(); }
  std::size_t position() const { return position_; }
  std::string_view text() const { return text_; }

  /// The next token. Precondition: not at_end().
  Token next();

  /// Go on from a byte offset: after COPY data, which is no SQL.
  void jump_to(std::size_t position) { position_ = position; }
  void use(StringStyle style) { style_ = style; }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
  StringStyle style_;
};

}  // namespace migrator
