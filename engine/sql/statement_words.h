// The words at the front of one statement, for the rules that recognize statements without a
// grammar. Quoted names and literals are words that are no keywords.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace migrator {

class StatementWords {
 public:
  /// Keeps views of the statement, and looks at as many tokens as the rules can ask for.
  explicit StatementWords(std::string_view statement);

  std::size_t size() const { return words_.size(); }

  /// Whether these are all of them: the rules ask for the front of a statement only.
  bool are_all() const { return are_all_; }

  /// Whether the i-th token is this keyword (in lower case) or sign.
  bool is(std::size_t i, std::string_view keyword) const;
  bool is_one_of(std::size_t i, std::initializer_list<std::string_view> keywords) const;
  bool is_quoted(std::size_t i) const { return i < words_.size() && words_[i].quoted; }

  /// The i-th token as it was written; empty when there is none.
  std::string_view text(std::size_t i) const {
    return i < words_.size() ? words_[i].text : std::string_view();
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

  std::vector<Word> words_;
  bool are_all_ = false;
};

}  // namespace migrator
