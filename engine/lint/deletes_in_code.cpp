#include "engine/lint/deletes_in_code.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/text.h"
#include "engine/sql/parse_tree.h"
#include "engine/sql/scanner.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

struct Deletion {
  std::string table;  ///< without its schema; empty where it is put in later
  bool has_condition = false;
};

/// A literal in a literal in a body.
constexpr int kDeepest = 3;

std::vector<Token> tokens_of(std::string_view code) {
  std::vector<Token> tokens;
  for (Scanner scanner(code); !scanner.at_end();)
    if (const Token token = scanner.next(); !is_blank_or_comment(token.kind))
      tokens.push_back(token);
  return tokens;
}

/// To the end of its statement, or of the parentheses that it stands in.
std::size_t end_of_statement(std::string_view code, const std::vector<Token>& tokens,
                             std::size_t from) {
  std::size_t depth = 0;
  for (std::size_t i = from; i < tokens.size(); ++i) {
    const std::string_view text = text_of(code, tokens[i]);
    if (tokens[i].kind == TokenKind::semicolon) return i;
    if (text == ")" && depth == 0) return i;
    if (text == ")") --depth;
    if (text == "(") ++depth;
  }
  return tokens.size();
}

std::string name_at(std::string_view code, const std::vector<Token>& tokens, std::size_t i) {
  if (i < tokens.size() && is_keyword(text_of(code, tokens[i]), "only")) ++i;
  while (i + 2 < tokens.size() && text_of(code, tokens[i + 1]) == ".") i += 2;
  if (i >= tokens.size()) return {};
  if (tokens[i].kind == TokenKind::quoted_name) return unquoted(code, tokens[i]);
  return tokens[i].kind == TokenKind::word ? to_lower_ascii(text_of(code, tokens[i])) : "";
}

/// What is no SQL by itself (INTO, a name that is put in) is judged by its words.
bool has_condition(std::string_view code, const std::vector<Token>& tokens, std::size_t first,
                   std::size_t end) {
  const std::size_t begin = tokens[first].offset;
  const std::size_t length = tokens[end - 1].offset + tokens[end - 1].length - begin;
  const ParseTree tree = ParseTree::of(code.substr(begin, length));
  for (const Action& action : actions_of(tree.statement()))
    if (action.kind == ActionKind::change_rows) return !action.everywhere;
  return std::any_of(tokens.begin() + static_cast<std::ptrdiff_t>(first),
                     tokens.begin() + static_cast<std::ptrdiff_t>(end), [&](const Token& token) {
                       return token.kind == TokenKind::word &&
                              is_keyword(text_of(code, token), "where");
                     });
}

void read_deletions(std::string_view code, int depth, std::vector<Deletion>& found) {
  const std::vector<Token> tokens = tokens_of(code);
  const auto is = [&](std::size_t i, std::string_view keyword) {
    return i < tokens.size() && tokens[i].kind == TokenKind::word &&
           is_keyword(text_of(code, tokens[i]), keyword);
  };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const TokenKind kind = tokens[i].kind;
    if ((kind == TokenKind::literal || kind == TokenKind::dollar_body) && depth < kDeepest)
      read_deletions(unquoted(code, tokens[i]), depth + 1, found);
    if (is(i, "delete") && is(i + 1, "from"))
      found.push_back({name_at(code, tokens, i + 2),
                       has_condition(code, tokens, i, end_of_statement(code, tokens, i))});
  }
}

std::vector<Deletion> deletions_in(const Situation& now) {
  std::vector<Deletion> found;
  for (const Action& action : now.actions) {
    if (action.kind == ActionKind::run_code) read_deletions(action.value, 0, found);
    for (const ObjectName& call : action.expression.calls)
      if (const KnownFunction* known = now.model.function(call))
        read_deletions(known->body, 0, found);
  }
  return found;
}

}  // namespace

bool deletes_by_condition(const Situation& now, const ObjectName& table) {
  std::vector<Deletion> all = deletions_in(now);
  const auto is_of_table = [&](const Deletion& one) {
    return one.table.empty() || one.table == table.name;
  };
  if (std::ranges::any_of(all, is_of_table)) std::erase_if(all, std::not_fn(is_of_table));
  return !all.empty() && std::ranges::all_of(all, &Deletion::has_condition);
}

}  // namespace migrator
