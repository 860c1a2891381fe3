#include "engine/sql/row_locks.h"

#include <algorithm>
#include <set>

#include "engine/sql/scanner.h"
#include "engine/sql/statement_words.h"
#include "engine/sql/tree_reading.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

void add(ObjectName name, LockMode mode, LockList& locks) {
  if (!name.name.empty()) locks.add({.name = std::move(name), .mode = mode});
}

/// The name at i: [database.] [schema.] name.
ObjectName name_at(const StatementWords& words, std::size_t i) {
  if (words.is(i, "only")) ++i;
  ObjectName name;
  if (words.is(i, "(") || i >= words.size()) return name;
  name.name = words.unquoted(i);
  for (; words.is(i + 1, "."); i += 2) {
    name.schema = std::move(name.name);
    name.name = words.unquoted(i + 2);
  }
  return name;
}

/// The relations that a SELECT names FOR UPDATE, or all in its FROM.
void add_locked_rows(TreeNode select, LockList& locks) {
  if (!select["lockingClause"]) return;
  std::set<std::string_view> aliases;
  bool all = false;
  for (const TreeNode clause : select["lockingClause"]) {
    const TreeNode named = clause["LockingClause"]["lockedRels"];
    all = all || !named;
    for (const TreeNode table : named) aliases.insert(table["RangeVar"]["relname"].text());
  }
  for (const TreeNode table : select["fromClause"].all("RangeVar")) {
    const TreeNode alias = table["alias"] ? table["alias"]["aliasname"] : table["relname"];
    if (all || aliases.contains(alias.text())) add(name_of(table), LockMode::row_share, locks);
  }
}

}  // namespace

void add_row_locks(std::string_view statement, LockList& locks) {
  const StatementWords words(statement);
  if (words.is(0, "update") || (words.is(0, "insert") && words.is(1, "into")) ||
      (words.is(0, "delete") && words.is(1, "from")) ||
      (words.is(0, "merge") && words.is(1, "into"))) {
    add(name_at(words, words.is(0, "update") ? 1 : 2), LockMode::row_exclusive, locks);
  } else if (words.is(0, "copy") && words.find("from", 1) < words.size()) {
    add(name_at(words, words.is(1, "binary") && !words.is(2, "from") ? 2 : 1),
        LockMode::row_exclusive, locks);
  }
}

void add_row_locks(TreeNode statement, LockList& locks) {
  std::set<std::string_view> made;  // names of WITH, which are no relations
  for (const TreeNode query : statement.all("CommonTableExpr"))
    made.insert(query["ctename"].text());
  LockList found;
  for (const char* type : {"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
    for (const TreeNode change : statement.all(type))
      add(name_of(change["relation"]), LockMode::row_exclusive, found);
  for (const TreeNode select : statement.all("SelectStmt")) add_locked_rows(select, found);
  for (ExpectedLock& lock : found.take())
    if (!lock.name.schema.empty() || !made.contains(lock.name.name)) locks.add(std::move(lock));
}

bool may_change_rows_within(std::string_view query) {
  if (query.size() > kLongestParsed) return false;
  for (Scanner scanner(query); !scanner.at_end();) {
    const Token token = scanner.next();
    if (token.kind != TokenKind::word) continue;
    const std::string_view word = text_of(query, token);
    for (const char* keyword : {"into", "for", "insert", "update", "delete", "merge"})
      if (is_keyword(word, keyword)) return true;
  }
  return false;
}

}  // namespace migrator
