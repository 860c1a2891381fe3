#include "engine/sql/alter_table_locks.h"

#include <algorithm>
#include <array>

#include "engine/sql/added_column.h"
#include "engine/sql/tree_reading.h"

namespace migrator {
namespace {

using enum Answer;
using enum LockMode;
using enum LockTarget;

/// One subcommand, and the lock on the relation that is altered, to be filled in.
struct Action {
  TreeNode command;  ///< AlterTableCmd
  TreeNode def;
  ExpectedLock& own;
  LockList& locks;

  void also(LockTarget target, LockMode mode, std::string why) const {
    locks.add(
        {.name = own.name, .target = target, .mode = mode, .taken = {perhaps, std::move(why)}});
  }
};

void plain(const Action&) {}

void rewrites(const Action& action) {
  action.own.rewrite = action.own.scan = yes;
}

void adds_column(const Action& action) {
  const TreeNode column = action.def["ColumnDef"];
  const AddedColumn added = added_column(column);
  action.own.rewrite = added.rewrite;
  action.own.scan = added.scan;
  for (const TreeNode constraint : column["constraints"])
    add_foreign_key_lock(constraint["Constraint"], action.locks);
}

void drops_column(const Action& action) {
  action.also(referenced_tables, access_exclusive, "if the column carries a foreign key");
}

/// USING an expression is a rewrite, USING the column itself or a cast of it is not.
void changes_type(const Action& action) {
  const TreeNode expression = action.def["ColumnDef"]["raw_default"];
  const TreeNode cast = expression["TypeCast"]["arg"];
  const bool computes = expression && !expression["ColumnRef"] && !cast["ColumnRef"];
  action.own.scan = computes ? yes : perhaps;
  action.own.rewrite = {action.own.scan.answer,
                        computes ? "USING computes the values" : "the old type decides"};
  action.also(referencing_tables, access_exclusive, "if the column is a key that they refer to");
}

void sets_not_null(const Action& action) {
  action.own.scan = {perhaps, "unless a valid CHECK proves NOT NULL"};
}

void adds_constraint(const Action& action) {
  const TreeNode constraint = action.def["Constraint"];
  const std::string_view kind = constraint["contype"].text();
  add_foreign_key_lock(constraint, action.locks);
  if (kind == "CONSTR_FOREIGN") action.own.mode = share_row_exclusive;
  const std::string_view index = constraint["indexname"].text();
  if (index.empty()) {
    action.own.scan = constraint["skip_validation"].is_true() ? no : yes;
    return;
  }
  const std::string_view name = constraint["conname"].text();
  if (!name.empty() && name != index)  // the index takes the name of the constraint
    action.locks.add({.name = {.schema = action.own.name.schema, .name = std::string(index)},
                      .target = LockTarget::index,
                      .mode = share_update_exclusive});
  if (kind != "CONSTR_PRIMARY") return;
  action.own.scan = {perhaps, "unless its columns are NOT NULL"};
}

void drops_constraint(const Action& action) {
  action.also(referenced_tables, access_exclusive, "if it is a foreign key");
  if (action.command["behavior"].text() == "DROP_CASCADE")
    action.also(referencing_tables, access_exclusive, "if it is a key that they refer to");
}

void validates(const Action& action) {
  action.own.scan = yes;
  action.also(referenced_tables, row_share, "if it is a foreign key");
}

void inherits(const Action& action) {
  action.locks.add({.name = name_of(action.def["RangeVar"]),
                    .target = relation,
                    .mode = share_update_exclusive});
}

constexpr const char* kUnlessProven = "unless CHECK and NOT NULL prove its bounds";

void attaches(const Action& action) {
  const TreeNode partition = action.def["PartitionCmd"];
  const bool of_index = !partition["bound"];
  action.locks.add({.name = name_of(partition["name"]),
                    .target = of_index ? LockTarget::index : relation,
                    .scan = of_index ? Effect(no) : Effect(perhaps, kUnlessProven)});
  if (of_index) return;
  action.locks.add({.name = action.own.name,
                    .target = default_partition,
                    .taken = perhaps,
                    .scan = {perhaps, "unless a CHECK excludes the new bounds"}});
  action.also(referenced_tables, share_row_exclusive, "if it has foreign keys");
}

void detaches(const Action& action) {
  const TreeNode partition = action.def["PartitionCmd"];
  const bool concurrent = partition["concurrent"].is_true() ||
                          action.command["subtype"].text() == "AT_DetachPartitionFinalize";
  if (concurrent) action.own.mode = share_update_exclusive;
  action.locks.add({.name = name_of(partition["name"]),
                    .mode = access_exclusive,
                    .taken = {yes, concurrent ? "for a moment at the end" : ""}});
  if (!concurrent) action.also(default_partition, access_exclusive, "if there is one");
  action.also(referenced_tables, share_row_exclusive, "if it has foreign keys");
}

// Of relation options; all others of tables and indexes are for later work, and wait for nobody.
constexpr auto kStrongOptions = std::to_array<std::string_view>(
    {"autosummarize", "buffering", "check_option", "fastupdate", "gin_pending_list_limit",
     "pages_per_range", "security_barrier", "security_invoker", "user_catalog_table"});

void sets_options(const Action& action) {
  const TreeNode options = action.def["List"]["items"];
  const bool strong = std::ranges::any_of(
      kStrongOptions, [&](std::string_view name) { return bool(find_option(options, name)); });
  action.own.mode = strong ? access_exclusive : share_update_exclusive;
}

struct Rule {
  std::string_view subtype;
  LockMode mode;
  void (*look)(const Action& action);
};

// What is not here takes ACCESS EXCLUSIVE and does nothing to the rows.
constexpr auto kRules = std::to_array<Rule>({
    {"AT_AddColumn", access_exclusive, adds_column},
    {"AT_DropColumn", access_exclusive, drops_column},
    {"AT_AlterColumnType", access_exclusive, changes_type},
    {"AT_SetNotNull", access_exclusive, sets_not_null},
    {"AT_AddConstraint", access_exclusive, adds_constraint},
    {"AT_DropConstraint", access_exclusive, drops_constraint},
    {"AT_ValidateConstraint", share_update_exclusive, validates},
    {"AT_SetAccessMethod", access_exclusive, rewrites},
    {"AT_SetTableSpace", access_exclusive, rewrites},
    {"AT_SetLogged", access_exclusive, rewrites},
    {"AT_SetUnLogged", access_exclusive, rewrites},
    {"AT_AddInherit", access_exclusive, inherits},
    {"AT_AttachPartition", share_update_exclusive, attaches},
    {"AT_DetachPartition", access_exclusive, detaches},
    {"AT_DetachPartitionFinalize", share_update_exclusive, detaches},
    {"AT_SetRelOptions", share_update_exclusive, sets_options},
    {"AT_ResetRelOptions", share_update_exclusive, sets_options},
    {"AT_SetStatistics", share_update_exclusive, plain},
    {"AT_SetOptions", share_update_exclusive, plain},
    {"AT_ResetOptions", share_update_exclusive, plain},
    {"AT_ClusterOn", share_update_exclusive, plain},
    {"AT_DropCluster", share_update_exclusive, plain},
    {"AT_EnableTrig", share_row_exclusive, plain},
    {"AT_EnableAlwaysTrig", share_row_exclusive, plain},
    {"AT_EnableReplicaTrig", share_row_exclusive, plain},
    {"AT_EnableTrigAll", share_row_exclusive, plain},
    {"AT_EnableTrigUser", share_row_exclusive, plain},
    {"AT_DisableTrig", share_row_exclusive, plain},
    {"AT_DisableTrigAll", share_row_exclusive, plain},
    {"AT_DisableTrigUser", share_row_exclusive, plain},
});

}  // namespace

void add_alter_table_locks(TreeNode statement, LockList& locks) {
  const std::string_view object = statement["objtype"].text();
  if (object == "OBJECT_TYPE") return;  // its attributes: no table may use it when they change
  LockList others;
  for (const TreeNode node : statement["cmds"]) {
    const TreeNode command = node["AlterTableCmd"];
    ExpectedLock own{.name = name_of(statement["relation"]),
                     .target = object == "OBJECT_INDEX" ? LockTarget::index : relation};
    const auto rule = std::ranges::find(kRules, command["subtype"].text(), &Rule::subtype);
    if (rule != kRules.end()) {
      own.mode = rule->mode;
      rule->look({command, command["def"], own, others});
    }
    locks.add(std::move(own));
  }
  for (ExpectedLock& lock : others.take()) locks.add(std::move(lock));
}

void add_foreign_key_lock(TreeNode constraint, LockList& locks, Answer taken) {
  if (constraint["contype"].text() != "CONSTR_FOREIGN") return;
  const TreeNode table = constraint["pktable"];
  if (!table) return;
  locks.add({.name = name_of(table), .mode = share_row_exclusive, .taken = taken});
}

}  // namespace migrator
