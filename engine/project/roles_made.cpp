#include "engine/project/roles_made.h"

#include <functional>

#include "engine/base/text.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

/// A file of so many statements is data.
constexpr std::size_t kMostStatements = 10'000;

void for_each_text(const Part& part, const std::function<void(std::string_view)>& take) {
  if (part.is_generated() || part.statement_count > kMostStatements) return;
  take(part.text.view());
  for (const Included& included : part.included)
    if (!included.is_data) take(included.text.view());
}

enum class Downs { read, passed_over };

void for_each_text(const Project& project, Downs downs,
                   const std::function<void(std::string_view)>& take) {
  for (const Migration& migration : project.migrations) {
    for_each_text(migration.up, take);
    if (migration.down && downs == Downs::read) for_each_text(*migration.down, take);
  }
  for (const Seed& seed : project.seeds) for_each_text(seed.part, take);
}

/// CREATE, then the kind, then the name.
enum class Awaited { create, kind, name };

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> keywords) {
  for (const std::string_view keyword : keywords)
    if (is_keyword(word, keyword)) return true;
  return false;
}

Awaited after(Awaited awaited, TokenKind kind, std::string_view word) {
  if (kind != TokenKind::word) return Awaited::create;
  if (is_keyword(word, "create")) return Awaited::kind;
  const bool is_kind = awaited == Awaited::kind && is_one_of(word, {"role", "user", "group"});
  return is_kind ? Awaited::name : Awaited::create;
}

std::set<std::string> roles_made_by(const Project& project, Downs downs) {
  std::set<std::string> names;
  for_each_text(project, downs, [&](std::string_view text) { add_roles_made_in(text, names); });
  return names;
}

}  // namespace

void add_roles_made_in(std::string_view text, std::set<std::string>& names) {
  Awaited awaited = Awaited::create;
  for (Scanner scanner(text); !scanner.at_end();) {
    const Token token = scanner.next();
    if (is_blank_or_comment(token.kind)) continue;
    const std::string_view word = text_of(text, token);
    if (token.kind == TokenKind::literal || token.kind == TokenKind::dollar_body)
      add_roles_made_in(unquoted(text, token), names);
    // CREATE USER MAPPING makes none.
    const bool is_name = token.kind == TokenKind::quoted_name ||
                         (token.kind == TokenKind::word && !is_keyword(word, "mapping"));
    if (awaited == Awaited::name && is_name)
      names.insert(token.kind == TokenKind::word ? to_lower_ascii(word) : unquoted(text, token));
    awaited = after(awaited, token.kind, word);
  }
}

std::set<std::string> roles_made_by(const Project& project) {
  return roles_made_by(project, Downs::read);
}

std::set<std::string> roles_made_going_up(const Project& project) {
  return roles_made_by(project, Downs::passed_over);
}

bool is_mentioned(const Project& project, std::string_view name) {
  bool found = false;
  for_each_text(project, Downs::read, [&](std::string_view text) {
    found = found || to_lower_ascii(text).find(to_lower_ascii(name)) != std::string::npos;
  });
  return found;
}

}  // namespace migrator
