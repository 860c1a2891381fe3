// The words at the front of one statement, for the rules that recognize statements without a
// grammar. Quoted names and literals are words that are no keywords. Reads as far as it is asked:
// most rules want two or three words of a statement that may be long.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/scanner.h"

namespace migrator {

class StatementWords {
 public:
  /// Keeps views of the statement, and looks at as many tokens as the rules can ask for.
  explicit StatementWords(std::string_view statement);

  /// Of those that can be asked for.
  std::size_t size() const;

  /// Whether these are all of them: the rules ask for the front of a statement only.
  bool are_all() const;

  /// Whether the i-th token is this keyword (in lower case) or sign.
  bool is(std::size_t i, std::string_view keyword) const;
  bool is_one_of(std::size_t i, std::initializer_list<std::string_view> keywords) const;
  bool is_quoted(std::size_t i) const { return has(i) && words_[i].quoted; }

  /// The i-th token as it was written; empty when there is none.
  std::string_view text(std::size_t i) const {
    return has(i) ? words_[i].text : std::string_view();
  }

  /// What the i-th token names: without its quotes, or folded to lower case as the server folds it.
  std::string unquoted(std::size_t i) const;

  /// A keyword or unquoted name in upper case; empty when the i-th token is none.
  std::string upper(std::size_t i) const;

  /// The first token from `from` on that is this keyword, outside of parentheses; else size().
  std::size_t find(std::string_view keyword, std::size_t from) const;

  /// Where to go on after the parentheses opened at i; i when none are opened there.
  std::size_t after_parentheses(std::size_t i) const;

  enum class Option { absent, off, on };

  /// What `name` is set to in the parentheses opened at i: (name), (name = off), (name off), ...
  Option option(std::size_t i, std::string_view name) const;

 private:
  struct Word {
    std::string_view text;
    bool quoted;
  };

  /// Whether there is an i-th token. Reads up to it.
  bool has(std::size_t i) const { return i < words_.size() || read_up_to(i); }
  bool read_up_to(std::size_t i) const;

  std::string_view statement_;
  // What is read of it does not show.
  mutable Scanner scanner_;
  mutable std::vector<Word> words_ = {};
};

}  // namespace migrator
