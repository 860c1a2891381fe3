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

  bool empty() const { return state_.length == 0; }
  std::size_t offset() const { return state_.offset; }
  std::size_t length() const { return state_.length; }

  /// Whether a semicolon here would end the statement.
  bool is_complete() const { return parentheses_.empty() && bodies_.empty(); }

  /// Where the parentheses and the BEGIN ATOMIC bodies begin that are still open, outermost first.
  const std::vector<std::size_t>& parentheses() const { return parentheses_; }
  const std::vector<std::size_t>& bodies() const { return bodies_; }

  bool is_copy_from_stdin() const {
    return state_.copy == Copy::data || state_.copy == Copy::where;
  }
  bool is_binary_copy() const { return is_copy_from_stdin() && state_.binary; }

  /// Whether a ":" stands right before a name or a quote, as before a variable of psql.
  bool mentions_variables() const { return state_.mentions_variables; }

  /// Whether the statement may be one that changes standard_conforming_strings.
  bool may_change_strings() const { return state_.may_change_strings; }

 private:
  // How far CREATE [OR REPLACE] FUNCTION | PROCEDURE ... BEGIN ATOMIC has come, for the innermost
  // statement: a body holds statements again.
  enum class Routine { start, create, or_, replace, routine, begin, other };
  // How far COPY name ... FROM STDIN has come.
  enum class Copy { no, name, from, data, where };

  void take_first_word(std::string_view word);
  void follow_routine(std::string_view word, std::size_t offset);
  void follow_copy(std::string_view word);

  // All but the vectors, which keep their room from statement to statement.
  struct State {
    std::size_t offset = 0;
    std::size_t length = 0;
    std::size_t begin_offset = 0;
    Routine routine = Routine::start;
    Copy copy = Copy::no;
    bool after_dot = false;     ///< what follows a dot is a name, whatever it says
    bool after_format = false;  ///< COPY ... (FORMAT
    bool binary = false;
    bool selects = false;
    bool may_change_strings = false;
    bool mentions_variables = false;
    std::size_t after_colon = 0;  ///< the offset behind a ":" that stands alone
  };

  State state_ = {};
  std::vector<std::size_t> parentheses_ = {};
  std::vector<std::size_t> bodies_ = {};
};

}  // namespace migrator
