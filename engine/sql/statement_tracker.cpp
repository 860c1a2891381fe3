#include "engine/sql/statement_tracker.h"

#include <utility>

#include "engine/sql/words.h"

namespace migrator {
namespace {

bool names_string_setting(std::string_view text, const Token& token) {
  constexpr std::string_view name = "standard_conforming_strings";
  // The longest way that anybody would quote it; the rest needs no look.
  constexpr std::size_t longest = 2 * name.size();
  return token.length > name.size() && token.length <= longest &&
         is_keyword(unquoted(text, token), name);
}

}  // namespace

void StatementTracker::take(std::string_view text, const Token& token) {
  if (empty()) offset_ = token.offset;
  const bool first = empty();
  length_ = token.offset + token.length - offset_;

  if (token.kind == TokenKind::word && !after_dot_) {
    const std::string_view word = text_of(text, token);
    if (first) take_first_word(word);
    if (parentheses_.empty()) follow_routine(word, token.offset);
    if (copy_ != Copy::no) follow_copy(word);
    return;
  }
  const bool after_format = after_format_;
  after_dot_ = false;
  after_format_ = false;

  switch (token.kind) {
    case TokenKind::semicolon:
      if (parentheses_.empty()) routine_ = Routine::start;
      return;
    case TokenKind::punctuation:
      switch (text[token.offset]) {
        case '(':
          parentheses_.push_back(token.offset);
          break;
        case ')':
          if (!parentheses_.empty()) parentheses_.pop_back();
          break;
        case '.':
          after_dot_ = token.length == 1;
          break;
        default:
          break;
      }
      break;
    case TokenKind::literal:
    case TokenKind::quoted_name:
    case TokenKind::dollar_body:
      if (after_format) binary_ = is_keyword(unquoted(text, token), "binary");
      if (selects_) may_change_strings_ = may_change_strings_ || names_string_setting(text, token);
      break;
    default:
      break;
  }
  // The words that lead to a body stand side by side.
  if (routine_ == Routine::begin) routine_ = Routine::routine;
  if (routine_ != Routine::routine) routine_ = Routine::other;
  if (copy_ == Copy::from) copy_ = Copy::no;
}

void StatementTracker::clear() {
  // Keeps the room of its vectors.
  parentheses_.clear();
  bodies_.clear();
  StatementTracker next;
  next.parentheses_.swap(parentheses_);
  next.bodies_.swap(bodies_);
  *this = std::move(next);
}

void StatementTracker::take_first_word(std::string_view word) {
  switch (word.front() | 0x20) {
    case 'a':
      may_change_strings_ = is_keyword(word, "abort");
      break;
    case 'c':
      if (is_keyword(word, "copy")) copy_ = Copy::name;
      may_change_strings_ = is_keyword(word, "commit");
      break;
    case 'd':
      may_change_strings_ = is_keyword(word, "discard");
      break;
    case 'e':
      may_change_strings_ = is_keyword(word, "end");
      break;
    case 'r':
      may_change_strings_ = is_keyword(word, "reset") || is_keyword(word, "rollback");
      break;
    case 's':
      may_change_strings_ = is_keyword(word, "set");
      selects_ = is_keyword(word, "select");
      break;
    case 'w':
      selects_ = is_keyword(word, "with");
      break;
    default:
      break;
  }
}

void StatementTracker::follow_routine(std::string_view word, std::size_t offset) {
  const auto is_routine = [&] {
    return is_keyword(word, "function") || is_keyword(word, "procedure");
  };
  switch (routine_) {
    case Routine::start:
      // END closes a body only where a statement would begin. That needs no count of CASE ... END,
      // and a column called "end" does no harm.
      if (!bodies_.empty() && is_keyword(word, "end")) {
        bodies_.pop_back();
        routine_ = Routine::other;
      } else {
        routine_ = is_keyword(word, "create") ? Routine::create : Routine::other;
      }
      break;
    case Routine::create:
      routine_ = is_keyword(word, "or") ? Routine::or_
                 : is_routine()         ? Routine::routine
                                        : Routine::other;
      break;
    case Routine::or_:
      routine_ = is_keyword(word, "replace") ? Routine::replace : Routine::other;
      break;
    case Routine::replace:
      routine_ = is_routine() ? Routine::routine : Routine::other;
      break;
    case Routine::begin:
      if (is_keyword(word, "atomic")) {
        bodies_.push_back(begin_offset_);
        routine_ = Routine::start;
        break;
      }
      routine_ = Routine::routine;
      [[fallthrough]];
    case Routine::routine:
      if (is_keyword(word, "begin")) {
        begin_offset_ = offset;
        routine_ = Routine::begin;
      }
      break;
    case Routine::other:
      break;
  }
}

void StatementTracker::follow_copy(std::string_view word) {
  const bool after_format = after_format_;
  after_format_ = false;
  switch (copy_) {
    case Copy::name:
      if (!parentheses_.empty()) break;
      if (is_keyword(word, "from")) copy_ = Copy::from;
      if (is_keyword(word, "binary")) binary_ = true;
      break;
    case Copy::from:
      // The grammar lets STDOUT stand for STDIN here.
      copy_ = is_keyword(word, "stdin") || is_keyword(word, "stdout") ? Copy::data : Copy::no;
      break;
    case Copy::data:
      if (is_keyword(word, "where")) copy_ = Copy::where;
      if (is_keyword(word, "binary") && (after_format || parentheses_.empty())) binary_ = true;
      after_format_ = is_keyword(word, "format");
      break;
    case Copy::no:
    case Copy::where:
      break;
  }
}

}  // namespace migrator
