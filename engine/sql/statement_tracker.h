// The StatementTracker follows one statement, token by token, as far as needed to know whether a
// semicolon ends it and what comes after: parentheses, BEGIN ATOMIC bodies, COPY ... FROM STDIN.
// It sees no blanks and no comments.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/sql/scanner.h"

namespace migrator {

class StatementTracker {
 public:
  void take(std::string_view text, const Token& token);

  /// Begins the next statement.
  void clear();

  bool empty() const { return length_ == 0; }
  std::size_t offset() const { return offset_; }
  std::size_t length() const { return length_; }

  /// Whether a semicolon here would end the statement.
  bool is_complete() const { return parentheses_.empty() && bodies_.empty(); }

  /// Where the parentheses and the BEGIN ATOMIC bodies begin that are still open, outermost first.
  const std::vector<std::size_t>& parentheses() const { return parentheses_; }
  const std::vector<std::size_t>& bodies() const { return bodies_; }

  bool is_copy_from_stdin() const { return copy_ == Copy::data || copy_ == Copy::where; }
  bool is_binary_copy() const { return is_copy_from_stdin() && binary_; }

  /// Whether the statement may be one that changes standard_conforming_strings.
  bool may_change_strings() const { return may_change_strings_; }

 private:
  // How far CREATE [OR REPLACE] FUNCTION | PROCEDURE ... BEGIN ATOMIC has come, for the innermost
  // statement: a body holds statements again.
  enum class Routine { start, create, or_, replace, routine, begin, other };
  // How far COPY name ... FROM STDIN has come.
  enum class Copy { no, name, from, data, where };

  void take_first_word(std::string_view word);
  void follow_routine(std::string_view word, std::size_t offset);
  void follow_copy(std::string_view word);

  std::size_t offset_ = 0;
  std::size_t length_ = 0;
  std::vector<std::size_t> parentheses_ = {};
  std::vector<std::size_t> bodies_ = {};
  Routine routine_ = Routine::start;
  Copy copy_ = Copy::no;
  std::size_t begin_offset_ = 0;
  bool after_dot_ = false;     // what follows a dot is a name, whatever it says
  bool after_format_ = false;  // COPY ... (FORMAT
  bool binary_ = false;
  bool selects_ = false;
  bool may_change_strings_ = false;
};

}  // namespace migrator
