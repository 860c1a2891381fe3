#include "engine/sql/summary.h"

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/sql/parse_tree.h"
#include "engine/sql/token_rules.h"
#include "engine/sql/tree_reading.h"

namespace migrator {
namespace {

bool is_off(TreeNode option) {
  return option && !is_on(option);
}

bool always(TreeNode) {
  return true;
}

bool alters_database(TreeNode node) {
  return bool(find_option(node["options"], "tablespace"));
}

bool vacuums(TreeNode node) {
  return node["is_vacuumcmd"].is_true();
}

bool clusters_everything(TreeNode node) {
  return !node["relation"];
}

bool reindexes(TreeNode node) {
  const std::string_view kind = node["kind"].text();
  return kind == "REINDEX_OBJECT_SCHEMA" || kind == "REINDEX_OBJECT_DATABASE" ||
         kind == "REINDEX_OBJECT_SYSTEM" || is_on(find_option(node["params"], "concurrently"));
}

bool is_concurrent(TreeNode node) {
  return node["concurrent"].is_true();
}

bool detaches(TreeNode node) {
  for (const TreeNode command : node["cmds"])
    if (command["AlterTableCmd"]["def"]["PartitionCmd"]["concurrent"].is_true()) return true;
  return false;
}

bool creates_slot(TreeNode node) {
  return !is_off(find_option(node["options"], "create_slot")) &&
         !is_off(find_option(node["options"], "connect"));
}

bool alters_subscription(TreeNode node) {
  const std::string_view kind = node["kind"].text();
  if (kind.starts_with("ALTER_SUBSCRIPTION_REFRESH")) return true;
  if (kind == "ALTER_SUBSCRIPTION_OPTIONS") {
    return find_option(node["options"], "failover") ||
           is_off(find_option(node["options"], "two_phase"));
  }
  return kind.ends_with("_PUBLICATION") && !is_off(find_option(node["options"], "refresh"));
}

bool discards_all(TreeNode node) {
  // The first value of the enumeration, which may be left out.
  const std::string_view target = node["target"].text();
  return target.empty() || target == "DISCARD_ALL";
}

/// SAFETY: statements that refuse a transaction block, by their node and a look at its fields.
struct Rule {
  std::string_view node;
  bool (*forbids)(TreeNode node);
};

constexpr std::array<Rule, 16> kRules = {{
    {"CreatedbStmt", always},
    {"DropdbStmt", always},
    {"AlterDatabaseStmt", alters_database},
    {"CreateTableSpaceStmt", always},
    {"DropTableSpaceStmt", always},
    {"VacuumStmt", vacuums},
    {"ClusterStmt", clusters_everything},
    {"ReindexStmt", reindexes},
    {"IndexStmt", is_concurrent},
    {"DropStmt", is_concurrent},
    {"AlterTableStmt", detaches},
    {"AlterSystemStmt", always},
    {"CreateSubscriptionStmt", creates_slot},
    {"AlterSubscriptionStmt", alters_subscription},
    {"DropSubscriptionStmt", always},
    {"DiscardStmt", discards_all},
}};

TransactionNeed need_of_transaction_statement(TreeNode node) {
  const std::string_view kind = node["kind"].text();
  if (kind == "TRANS_STMT_COMMIT_PREPARED" || kind == "TRANS_STMT_ROLLBACK_PREPARED") {
    return TransactionNeed::forbidden;
  }
  if (kind == "TRANS_STMT_SAVEPOINT" || kind == "TRANS_STMT_RELEASE" ||
      kind == "TRANS_STMT_ROLLBACK_TO") {
    return TransactionNeed::any;
  }
  return TransactionNeed::control;
}

/// A DO block may call a procedure that does, or make up the statement.
bool may_end_transactions(std::string_view statement) {
  static constexpr std::array<std::string_view, 3> kWords{"call", "commit", "rollback"};
  const std::string text = to_lower_ascii(statement);
  return std::ranges::any_of(kWords,
                             [&](std::string_view word) { return text.find(word) != text.npos; });
}

TransactionNeed need_by_tree(TreeNode statement) {
  if (statement.type() == "TransactionStmt")
    return need_of_transaction_statement(statement.inner());
  const bool forbidden = std::any_of(kRules.begin(), kRules.end(), [&](const Rule& rule) {
    return rule.node == statement.type() && rule.forbids(statement.inner());
  });
  return forbidden ? TransactionNeed::forbidden : TransactionNeed::any;
}

}  // namespace

StatementSummary summarize(std::string_view statement) {
  const StatementWords words(statement);
  const bool by_words = words.size() == 0 || is_plain_query(words);
  const ParseTree tree = by_words ? ParseTree() : ParseTree::of(statement);
  return summarize(statement, tree.statement());
}

StatementSummary summarize(std::string_view statement, TreeNode tree) {
  const StatementWords words(statement);
  StatementSummary summary{.what = describe(words)};
  if (words.size() == 0 || is_plain_query(words)) {
    summary.understood = true;
    return summary;
  }
  // PL/pgSQL's parser in the library leaks on errors; the words of a body tell as much.
  const bool commits = is_committing_do(statement);
  summary.transaction = commits ? TransactionNeed::forbidden : need_by_words(words);
  if (!tree) return summary;
  summary.understood = true;
  if (!commits) summary.transaction = need_by_tree(tree);
  return summary;
}

TransactionNeed transaction_need(std::string_view statement) {
  return needs_no_look(StatementWords(statement)) ? TransactionNeed::any
                                                  : summarize(statement).transaction;
}

bool takes_a_transaction(std::string_view statement) {
  const StatementWords words(statement);
  if (words.is_one_of(0, {"call", "reindex", "cluster", "savepoint", "release", "rollback", "lock",
                          "declare"}) ||
      words.is(1, "subscription"))
    return false;
  if (words.is(0, "do") && may_end_transactions(statement)) return false;
  const StatementSummary summary = summarize(statement);
  return summary.understood && summary.transaction == TransactionNeed::any;
}

}  // namespace migrator
