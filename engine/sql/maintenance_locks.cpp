#include "engine/sql/lock_rules.h"
#include "engine/sql/tree_reading.h"

namespace migrator {

using enum Answer;
using enum LockMode;
using enum LockTarget;

void add_vacuum_locks(TreeNode node, LockList& locks) {
  ExpectedLock lock{.target = every_table, .mode = share_update_exclusive};
  const bool full = is_on(find_option(node["options"], "full"));
  if (full) lock.mode = access_exclusive;
  if (full) lock.rewrite = yes;
  if (node["is_vacuumcmd"].is_true()) lock.scan = yes;
  if (!node["rels"]) return locks.add(lock);
  lock.target = relation;
  for (const TreeNode table : node["rels"]) {
    lock.name = name_of(table["VacuumRelation"]["relation"]);
    locks.add(lock);
  }
}

void add_cluster_locks(TreeNode node, LockList& locks) {
  const TreeNode table = node["relation"];
  const Effect taken = table ? Effect(yes) : Effect(yes, "if it was clustered before");
  locks.add({.name = name_of(table),
             .target = table ? relation : every_table,
             .taken = taken,
             .rewrite = yes,
             .scan = yes});
}

void add_reindex_locks(TreeNode node, LockList& locks) {
  const std::string_view kind = node["kind"].text();
  const bool concurrent = is_on(find_option(node["params"], "concurrently"));
  ExpectedLock table{.name = name_of(node["relation"]),
                     .mode = concurrent ? share_update_exclusive : share,
                     .scan = yes};
  // Which stops reads too: planning any query of a table looks at all of its indexes.
  ExpectedLock rebuilt{.name = table.name,
                       .mode = concurrent ? share_update_exclusive : access_exclusive};
  if (kind == "REINDEX_OBJECT_SCHEMA") table.name.name = node["name"].text();
  if (kind == "REINDEX_OBJECT_SCHEMA") table.target = tables_of_schema;
  if (kind == "REINDEX_OBJECT_DATABASE" || kind == "REINDEX_OBJECT_SYSTEM")
    table.target = every_table;
  const bool one = kind == "REINDEX_OBJECT_INDEX";
  if (one) table.target = table_of_index;
  rebuilt.target = one ? index : indexes;
  const bool named = one || table.target == relation;
  locks.add(std::move(table));
  if (named) locks.add(std::move(rebuilt));
}

void add_refresh_locks(TreeNode node, LockList& locks) {
  const bool concurrent = node["concurrent"].is_true();
  locks.add({.name = name_of(node["relation"]),
             .mode = concurrent ? exclusive : access_exclusive,
             .rewrite = concurrent ? no : yes});
}

}  // namespace migrator
