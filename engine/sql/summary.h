// What a statement is, as far as its transaction is concerned: read from its ParseTree, and by a
// rule over tokens where the grammar of that is older than the server. It advises the planner and
// never decides what is executed. Not thread-safe, as ParseTree is not.
#pragma once

#include <string>
#include <string_view>

#include "engine/sql/parse_tree.h"

namespace migrator {

enum class TransactionNeed {
  any,        ///< runs in a transaction or outside
  forbidden,  ///< refuses to run in one (SAFETY: CREATE INDEX CONCURRENTLY, VACUUM, ...)
  control,    ///< begins or ends a transaction itself: BEGIN, COMMIT, ROLLBACK, ...
};

struct StatementSummary {
  std::string what;  ///< for people, upper case: "CREATE INDEX CONCURRENTLY", "ALTER TABLE"
  TransactionNeed transaction = TransactionNeed::any;
  bool understood = false;  ///< false when the grammar refused it and tokens decided

  bool operator==(const StatementSummary&) const = default;
};

/// Summary of one statement (without its semicolon).
StatementSummary summarize(std::string_view statement);

/// Its `transaction`, without the grammar where the words leave no doubt: of what most files hold.
TransactionNeed transaction_need(std::string_view statement);

/// With its tree, which the caller has; or nothing, where the grammar refused it or nobody asked.
StatementSummary summarize(std::string_view statement, TreeNode tree);

/// Whether it surely may run in a transaction of its own. False where that depends on what it calls
/// (CALL, some DO) or on the catalog (REINDEX and CLUSTER of what is partitioned, subscriptions),
/// where the grammar does not know it, and for what is about a transaction itself (SAVEPOINT).
bool takes_a_transaction(std::string_view statement);

}  // namespace migrator
