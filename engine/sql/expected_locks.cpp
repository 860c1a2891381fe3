#include "engine/sql/expected_locks.h"

#include <algorithm>
#include <array>

#include "engine/sql/alter_table_locks.h"
#include "engine/sql/lock_rules.h"
#include "engine/sql/row_locks.h"
#include "engine/sql/statement_words.h"
#include "engine/sql/token_rules.h"
#include "engine/sql/tree_reading.h"

namespace migrator {
namespace {

using enum Answer;
using enum LockMode;
using enum LockTarget;

void lock_table(TreeNode node, LockList& locks) {
  for (const TreeNode table : node["relations"])
    locks.add(
        {.name = name_of(table["RangeVar"]), .mode = static_cast<LockMode>(node["mode"].number())});
}

void rename(TreeNode node, LockList& locks) {
  const std::string_view object = node["renameType"].text();
  if (object == "OBJECT_ATTRIBUTE" || !node["relation"]) return;  // of types; of no relation
  const bool renames_index = object == "OBJECT_INDEX";
  locks.add({.name = name_of(node["relation"]),
             .target = renames_index ? index : relation,
             .mode = renames_index ? share_update_exclusive : access_exclusive});
}

void on_relation(TreeNode node, LockList& locks) {
  if (const TreeNode table = node["relation"]) locks.add({.name = name_of(table)});
}

void on_table(TreeNode node, LockList& locks) {
  locks.add({.name = name_of(node["table"])});
}

void create_trigger(TreeNode node, LockList& locks) {
  locks.add({.name = name_of(node["relation"]), .mode = share_row_exclusive});
}

void create_statistics(TreeNode node, LockList& locks) {
  for (const TreeNode table : node["relations"])
    locks.add({.name = name_of(table["RangeVar"]), .mode = share_update_exclusive});
}

void alter_sequence(TreeNode node, LockList& locks) {
  locks.add({.name = name_of(node["sequence"]), .mode = share_row_exclusive});
}

void comment(TreeNode node, LockList& locks) {
  const std::string_view object = node["objtype"].text();
  const TreeNode names = node["object"]["List"]["items"];
  const bool on_column = object == "OBJECT_COLUMN";
  if (!on_column && !is_table_like(object) && object != "OBJECT_INDEX") return;
  locks.add({.name = name_in(names, on_column ? 1 : 0),
             .target = object == "OBJECT_INDEX" ? index : relation,
             .mode = share_update_exclusive});
}

void publication(TreeNode node, LockList& locks) {
  for (const TreeNode object : node["pubobjects"])
    if (const TreeNode table = object["PublicationObjSpec"]["pubtable"]["relation"])
      locks.add({.name = name_of(table), .mode = share_update_exclusive});
}

/// C: ADD CONSTRAINT, O: SET NOT NULL, V: VALIDATE CONSTRAINT, which is content with SHARE UPDATE
/// EXCLUSIVE from 18 on.
void alter_domain(TreeNode node, LockList& locks) {
  const std::string_view what = node["subtype"].text();
  const bool not_valid = node["def"]["Constraint"]["skip_validation"].is_true();
  if (what != "O" && what != "V" && (what != "C" || not_valid)) return;
  locks.add({.name = name_in(node["typeName"]),
             .target = tables_of_domain,
             .mode = share,
             .taken = {perhaps, "if there are any"},
             .scan = yes});
}

void move_tables(TreeNode, LockList& locks) {
  locks.add({.target = every_table,
             .taken = {yes, "if it is in that tablespace"},
             .rewrite = yes,
             .scan = yes});
}

struct Rule {
  std::string_view node;
  void (*look)(TreeNode node, LockList& locks);
};

// What is not here locks no relation that is there already, or only as a reader does: CREATE
// SEQUENCE, GRANT, ALTER TYPE ... ADD VALUE, CREATE FUNCTION.
constexpr auto kRules = std::to_array<Rule>({
    {"AlterDomainStmt", alter_domain},
    {"AlterObjectDependsStmt", on_relation},
    {"AlterObjectSchemaStmt", on_relation},
    {"AlterPolicyStmt", on_table},
    {"AlterPublicationStmt", publication},
    {"AlterSeqStmt", alter_sequence},
    {"AlterTableMoveAllStmt", move_tables},
    {"AlterTableStmt", add_alter_table_locks},
    {"ClusterStmt", add_cluster_locks},
    {"CommentStmt", comment},
    {"CreatePolicyStmt", on_table},
    {"CreatePublicationStmt", publication},
    {"CreateSchemaStmt", add_create_schema_locks},
    {"CreateStatsStmt", create_statistics},
    {"CreateStmt", add_create_table_locks},
    {"CreateTrigStmt", create_trigger},
    {"DropStmt", add_drop_locks},
    {"IndexStmt", add_create_index_locks},
    {"LockStmt", lock_table},
    {"RefreshMatViewStmt", add_refresh_locks},
    {"ReindexStmt", add_reindex_locks},
    {"RenameStmt", rename},
    {"RuleStmt", on_relation},
    {"SecLabelStmt", comment},
    {"TruncateStmt", add_truncate_locks},
    {"VacuumStmt", add_vacuum_locks},
    {"ViewStmt", add_create_view_locks},
});

constexpr auto kRowChanges = std::to_array<std::string_view>(
    {"CreateTableAsStmt", "DeclareCursorStmt", "DeleteStmt", "ExplainStmt", "InsertStmt",
     "MergeStmt", "PrepareStmt", "SelectStmt", "UpdateStmt"});

constexpr auto kOpaque =
    std::to_array<std::string_view>({"AlterExtensionStmt", "CallStmt", "DoStmt", "DropOwnedStmt",
                                     "ExecuteStmt", "ReassignOwnedStmt"});

/// Statements whose bodies may be long, and which lock nothing.
bool defines_function(const StatementWords& words) {
  const std::string what = describe(words);
  return what == "CREATE FUNCTION" || what == "CREATE PROCEDURE";
}

bool holds(const auto& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

}  // namespace

bool is_table_like(std::string_view object) {
  return object == "OBJECT_TABLE" || object == "OBJECT_VIEW" || object == "OBJECT_MATVIEW" ||
         object == "OBJECT_SEQUENCE" || object == "OBJECT_FOREIGN_TABLE";
}

StatementLocks expected_locks(std::string_view statement, TreeNode tree) {
  LockList locks;
  std::string unknown;
  if (!tree) {
    add_row_locks(statement, locks);
    std::vector<ExpectedLock> found = locks.take();
    if (found.empty() && needs_tree(statement))
      unknown = statement.size() > kLongestParsed ? "it is too long to be parsed"
                                                  : "the parser does not understand it";
    return {std::move(found), unknown};
  }
  const auto rule = std::ranges::find(kRules, tree.type(), &Rule::node);
  if (rule != kRules.end()) rule->look(tree.inner(), locks);
  if (holds(kRowChanges, tree.type())) add_row_locks(tree, locks);
  if (holds(kOpaque, tree.type())) unknown = "they depend on what it runs";
  return {locks.take(), unknown};
}

bool needs_tree(std::string_view statement) {
  const StatementWords words(statement);
  if (words.size() == 0 || defines_function(words)) return false;
  if (!is_plain_query(words)) return true;
  return !words.is_one_of(0, {"insert", "update", "delete", "merge", "copy"}) &&
         may_change_rows_within(statement);
}

}  // namespace migrator
