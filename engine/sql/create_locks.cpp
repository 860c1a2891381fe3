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
    locks.add({.name = name, .target = default_partition, .taken = perhaps, .scan = perhaps});
    locks.add({.name = name,
               .target = referenced_tables,
               .mode = share_row_exclusive,
               .taken = perhaps,
               .why = "if it has foreign keys"});
  }
  for (const TreeNode element : node["tableElts"]) {
    add_foreign_key_lock(element["Constraint"], locks, taken);
    for (const TreeNode constraint : element["ColumnDef"]["constraints"])
      add_foreign_key_lock(constraint["Constraint"], locks, taken);
  }
}

void add_create_schema_locks(TreeNode node, LockList& locks) {
  for (const TreeNode element : node["schemaElts"])
    if (const TreeNode table = element["CreateStmt"]) add_create_table_locks(table, locks);
}

void add_create_view_locks(TreeNode node, LockList& locks) {
  if (!node["replace"].is_true()) return;
  locks.add({.name = name_of(node["view"]), .taken = perhaps, .why = "if it is there"});
}

void add_create_index_locks(TreeNode node, LockList& locks) {
  const TreeNode table = node["relation"];
  // ON ONLY makes an index that holds nothing until those of the partitions are attached.
  const bool builds = table["inh"].is_true();
  const bool tolerant = node["if_not_exists"].is_true();
  const Answer reads = tolerant ? perhaps : yes;
  locks.add({.name = name_of(table),
             .mode = node["concurrent"].is_true() ? share_update_exclusive : share,
             .scan = builds ? reads : no,
             .why = tolerant ? "unless the index is there already" : ""});
}

}  // namespace migrator
