#include "engine/sql/lock_rules.h"
#include "engine/sql/tree_reading.h"

namespace migrator {
namespace {

using enum Answer;
using enum LockMode;
using enum LockTarget;

/// What stands on a table and is named behind it: s.t.trigger.
bool stands_on_table(std::string_view object) {
  return object == "OBJECT_TRIGGER" || object == "OBJECT_RULE" || object == "OBJECT_POLICY";
}

void drop_table(TreeNode node, LockList& locks) {
  const bool table = node["removeType"].text() == "OBJECT_TABLE";
  for (const TreeNode object : node["objects"]) {
    const ObjectName name = name_in(object["List"]["items"]);
    locks.add({.name = name});
    if (!table) continue;
    locks.add(
        {.name = name, .target = referenced_tables, .taken = {perhaps, "if it has foreign keys"}});
    if (node["behavior"].text() == "DROP_CASCADE")
      locks.add({.name = name,
                 .target = referencing_tables,
                 .taken = {perhaps, "CASCADE drops their foreign keys"}});
  }
}

void drop_index(TreeNode node, LockList& locks) {
  const LockMode mode = node["concurrent"].is_true() ? share_update_exclusive : access_exclusive;
  for (const TreeNode object : node["objects"]) {
    const ObjectName name = name_in(object["List"]["items"]);
    locks.add({.name = name, .target = table_of_index, .mode = mode});
    locks.add({.name = name, .target = index, .mode = mode});
  }
}

}  // namespace

void add_drop_locks(TreeNode node, LockList& locks) {
  const std::string_view object = node["removeType"].text();
  if (is_table_like(object)) return drop_table(node, locks);
  if (object == "OBJECT_INDEX") return drop_index(node, locks);
  for (const TreeNode item : node["objects"]) {
    const TreeNode names = item["List"]["items"];
    if (stands_on_table(object)) locks.add({.name = name_in(names, 1)});
    if (object == "OBJECT_STATISTIC_EXT")
      locks.add(
          {.name = name_in(names), .target = table_of_statistics, .mode = share_update_exclusive});
    if (object == "OBJECT_SCHEMA" && node["behavior"].text() == "DROP_CASCADE")
      locks.add({.name = {.schema = {}, .name = std::string(item["String"]["sval"].text())},
                 .target = tables_of_schema});
  }
}

void add_truncate_locks(TreeNode node, LockList& locks) {
  for (const TreeNode table : node["relations"]) {
    const ObjectName name = name_of(table["RangeVar"]);
    locks.add({.name = name});
    if (node["behavior"].text() == "DROP_CASCADE")
      locks.add({.name = name,
                 .target = referencing_tables,
                 .taken = {perhaps, "CASCADE empties them too"}});
  }
}

}  // namespace migrator
