#include <set>

#include "engine/sql/alter_table_locks.h"
#include "engine/sql/lock_rules.h"
#include "engine/sql/tree_reading.h"

namespace migrator {

using enum Answer;
using enum LockMode;
using enum LockTarget;

void add_create_table_locks(TreeNode node, LockList& locks) {
  // IF NOT EXISTS that finds the table locks nothing.
  const Answer taken = node["if_not_exists"].is_true() ? perhaps : yes;
  const bool partition = bool(node["partbound"]);
  for (const TreeNode parent : node["inhRelations"]) {
    const ObjectName name = name_of(parent["RangeVar"]);
    locks.add({.name = name,
               .mode = partition ? access_exclusive : share_update_exclusive,
               .taken = taken});
    if (!partition) continue;
    locks.add({.name = name,
               .target = default_partition,
               .taken = perhaps,
               .scan = {perhaps, "unless a CHECK excludes the new bounds"}});
    locks.add({.name = name,
               .target = referenced_tables,
               .mode = share_row_exclusive,
               .taken = {perhaps, "if it has foreign keys"}});
  }
  const auto refer = [&](TreeNode constraint) {
    if (name_of(constraint["pktable"]) != name_of(node["relation"]))  // to itself
      add_foreign_key_lock(constraint, locks, taken);
  };
  for (const TreeNode element : node["tableElts"]) {
    refer(element["Constraint"]);
    for (const TreeNode constraint : element["ColumnDef"]["constraints"])
      refer(constraint["Constraint"]);
  }
}

void add_create_schema_locks(TreeNode node, LockList& locks) {
  std::set<ObjectName> made;
  LockList all;
  for (const TreeNode element : node["schemaElts"]) {
    const TreeNode table = element["CreateStmt"];
    if (!table) continue;
    made.insert(name_of(table["relation"]));
    add_create_table_locks(table, all);
  }
  // Tables of the new schema are found there first.
  for (ExpectedLock& lock : all.take())
    if (!made.contains(lock.name)) locks.add(std::move(lock));
}

void add_create_view_locks(TreeNode node, LockList& locks) {
  if (!node["replace"].is_true()) return;
  locks.add({.name = name_of(node["view"]), .taken = {perhaps, "if it is there"}});
}

void add_create_index_locks(TreeNode node, LockList& locks) {
  const TreeNode table = node["relation"];
  // ON ONLY makes an index that holds nothing until those of the partitions are attached.
  const bool builds = table["inh"].is_true();
  const bool tolerant = node["if_not_exists"].is_true();
  const Effect reads = tolerant ? Effect(perhaps, "unless the index is there already") : yes;
  locks.add({.name = name_of(table),
             .mode = node["concurrent"].is_true() ? share_update_exclusive : share,
             .scan = builds ? reads : no});
}

}  // namespace migrator
