#include "engine/sql/statement_facts.h"

#include "engine/sql/parse_tree.h"

namespace migrator {

StatementFacts read_statement(std::string_view sql) {
  if (sql.size() > kLongestParsed) return read_words(sql);
  const ParseTree tree = ParseTree::of(sql);
  const TreeNode statement = tree.statement();
  const TreeNode of_locks = needs_tree(sql) ? statement : TreeNode();
  return {.transaction = summarize(sql, statement).transaction,
          .actions = actions_of(statement),
          .locks = expected_locks(sql, of_locks),
          .changes = relation_changes(of_locks),
          .refused = !statement};
}

StatementFacts read_words(std::string_view sql) {
  return {.transaction = summarize(sql, {}).transaction, .locks = expected_locks(sql, {})};
}

}  // namespace migrator
