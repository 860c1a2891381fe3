// The rules of expected_locks.h, a function for each kind of statement whose locks it takes more
// than a line to tell. Each reads the node of its name (CreateStmt, VacuumStmt) and adds what that
// locks. Not for others to call.
#pragma once

#include "engine/sql/expected_lock.h"
#include "engine/sql/parse_tree.h"

namespace migrator {

/// Whether a kind of object, as the tree names it ("OBJECT_VIEW"), is a relation with a name of its
/// own, but no index.
bool is_table_like(std::string_view object);

void add_create_table_locks(TreeNode node, LockList& locks);
void add_create_schema_locks(TreeNode node, LockList& locks);
void add_create_view_locks(TreeNode node, LockList& locks);
void add_create_index_locks(TreeNode node, LockList& locks);

void add_drop_locks(TreeNode node, LockList& locks);  ///< DropStmt, whatever it drops
void add_truncate_locks(TreeNode node, LockList& locks);

void add_vacuum_locks(TreeNode node, LockList& locks);  ///< and ANALYZE
void add_cluster_locks(TreeNode node, LockList& locks);
void add_reindex_locks(TreeNode node, LockList& locks);
void add_refresh_locks(TreeNode node, LockList& locks);

}  // namespace migrator
