#include "engine/sql/statement_tracker.h"

#include "engine/sql/words.h"

namespace migrator {
namespace {

bool may_name_variable(std::string_view text, const Token& token) {
  return token.kind == TokenKind::word || token.kind == TokenKind::number ||
         token.kind == TokenKind::literal || token.kind == TokenKind::quoted_name ||
         text[token.offset] == '{';
}

bool names_string_setting(std::string_view text, const Token& token) {
  constexpr std::string_view name = "standard_conforming_strings";
  // The longest way that anybody would quote it; the rest needs no look.
  constexpr std::size_t longest = 2 * name.size();
  return token.length > name.size() && token.length <= longest &&
         is_keyword(unquoted(text, token), name);
}

}  // namespace

void StatementTracker::take(std::string_view text, const Token& token) {
  if (empty()) state_.offset = token.offset;
  const bool first = empty();
  state_.length = token.offset + token.length - state_.offset;
  if (token.offset == state_.after_colon && !first)
    state_.mentions_variables = state_.mentions_variables || may_name_variable(text, token);

  if (token.kind == TokenKind::word && !state_.after_dot) {
    const std::string_view word = text_of(text, token);
    if (first) take_first_word(word);
    if (state_.routine != Routine::other && parentheses_.empty())
      follow_routine(word, token.offset);
    if (state_.copy != Copy::no) follow_copy(word);
    return;
  }
  const bool after_format = state_.after_format;
  state_.after_dot = false;
  state_.after_format = false;

  switch (token.kind) {
    case TokenKind::semicolon:
      if (parentheses_.empty()) state_.routine = Routine::start;
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
          state_.after_dot = token.length == 1;
          break;
        case ':':
          if (token.length == 1) state_.after_colon = token.offset + 1;
          break;
        default:
          break;
      }
      break;
    case TokenKind::literal:
    case TokenKind::quoted_name:
    case TokenKind::dollar_body:
      if (after_format) state_.binary = is_keyword(unquoted(text, token), "binary");
      if (state_.selects)
        state_.may_change_strings = state_.may_change_strings || names_string_setting(text, token);
      break;
    default:
      break;
  }
  // The words that lead to a body stand side by side.
  if (state_.routine == Routine::begin) state_.routine = Routine::routine;
  if (state_.routine != Routine::routine) state_.routine = Routine::other;
  if (state_.copy == Copy::from) state_.copy = Copy::no;
}

void StatementTracker::clear() {
  parentheses_.clear();
  bodies_.clear();
  state_ = {};
}

void StatementTracker::take_first_word(std::string_view word) {
  switch (word.front() | 0x20) {
    case 'a':
      state_.may_change_strings = is_keyword(word, "abort");
      break;
    case 'b':
      state_.may_change_strings = is_keyword(word, "begin");
      break;
    case 'c':
      if (is_keyword(word, "copy")) state_.copy = Copy::name;
      state_.may_change_strings = is_keyword(word, "commit");
      break;
    case 'd':
      state_.may_change_strings = is_keyword(word, "discard");
      break;
    case 'e':
      state_.may_change_strings = is_keyword(word, "end");
      break;
    case 'r':
      state_.may_change_strings = is_keyword(word, "reset") || is_keyword(word, "rollback");
      break;
    case 's':
      state_.may_change_strings = is_keyword(word, "set") || is_keyword(word, "start");
      state_.selects = is_keyword(word, "select");
      break;
    case 'w':
      state_.selects = is_keyword(word, "with");
      break;
    default:
      break;
  }
}

void StatementTracker::follow_routine(std::string_view word, std::size_t offset) {
  const auto is_routine = [&] {
    return is_keyword(word, "function") || is_keyword(word, "procedure");
  };
  switch (state_.routine) {
    case Routine::start:
      // END closes a body only where a statement would begin. That needs no count of CASE ... END,
      // and a column called "end" does no harm.
      if (!bodies_.empty() && is_keyword(word, "end")) {
        bodies_.pop_back();
        state_.routine = Routine::other;
      } else {
        state_.routine = is_keyword(word, "create") ? Routine::create : Routine::other;
      }
      break;
    case Routine::create:
      state_.routine = is_keyword(word, "or") ? Routine::or_
                       : is_routine()         ? Routine::routine
                                              : Routine::other;
      break;
    case Routine::or_:
      state_.routine = is_keyword(word, "replace") ? Routine::replace : Routine::other;
      break;
    case Routine::replace:
      state_.routine = is_routine() ? Routine::routine : Routine::other;
      break;
    case Routine::begin:
      if (is_keyword(word, "atomic")) {
        bodies_.push_back(state_.begin_offset);
        state_.routine = Routine::start;
        break;
      }
      state_.routine = Routine::routine;
      [[fallthrough]];
    case Routine::routine:
      if (is_keyword(word, "begin")) {
        state_.begin_offset = offset;
        state_.routine = Routine::begin;
      }
      break;
    case Routine::other:
      break;
  }
}

void StatementTracker::follow_copy(std::string_view word) {
  const bool after_format = state_.after_format;
  state_.after_format = false;
  switch (state_.copy) {
    case Copy::name:
      if (!parentheses_.empty()) break;
      if (is_keyword(word, "from")) state_.copy = Copy::from;
      if (is_keyword(word, "binary")) state_.binary = true;
      break;
    case Copy::from:
      // The grammar lets STDOUT stand for STDIN here.
      state_.copy = is_keyword(word, "stdin") || is_keyword(word, "stdout") ? Copy::data : Copy::no;
      break;
    case Copy::data:
      if (is_keyword(word, "where")) state_.copy = Copy::where;
      if (is_keyword(word, "binary") && (after_format || parentheses_.empty()))
        state_.binary = true;
      state_.after_format = is_keyword(word, "format");
      break;
    case Copy::no:
    case Copy::where:
      break;
  }
}

}  // namespace migrator
