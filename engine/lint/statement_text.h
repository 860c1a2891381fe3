// The words of one statement with where they stand, to take parts of its text over into another
// one: an expression, a clause, all but one word. By tokens, no grammar; keywords in parentheses
// count only where they are asked for.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/scanner.h"

namespace migrator {

class StatementText {
 public:
  /// The text must stay where it is.
  explicit StatementText(std::string_view sql);

  /// The first token from `from` on that is one of these keywords, outside of parentheses, else
  /// size().
  std::size_t find(std::initializer_list<std::string_view> keywords, std::size_t from = 0) const;
  std::size_t size() const { return tokens_.size(); }

  /// "(age > 0)": the parentheses that open at or behind the token; empty when there are none.
  std::string parentheses(std::size_t from) const;

  /// From the token to the end of its clause: a comma, or a keyword that begins the next one.
  std::string clause(std::size_t from) const;

  /// All, with a word put in behind the token; and without some tokens.
  std::string with(std::string_view word, std::size_t behind) const;
  std::string without(std::size_t first, std::size_t count) const;

 private:
  struct Placed {
    Token token;
    std::size_t depth;
  };
  bool is(std::size_t i, std::string_view keyword) const;
  std::size_t end_of(std::size_t i) const {
    return tokens_[i].token.offset + tokens_[i].token.length;
  }

  std::string_view sql_;
  std::vector<Placed> tokens_;
};

}  // namespace migrator
