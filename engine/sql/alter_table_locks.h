// The locks of ALTER TABLE and of its kin (ALTER INDEX, VIEW, SEQUENCE ... where the grammar makes
// the same of them): each subcommand has its mode, and the statement takes the strongest.
#pragma once

#include "engine/sql/expected_lock.h"
#include "engine/sql/parse_tree.h"

namespace migrator {

/// Of an AlterTableStmt. Source: AlterTableGetLockLevel of PostgreSQL, and for the other relations
/// the functions that carry the subcommands out; measured on 14 to 18 (SAFETY).
void add_alter_table_locks(TreeNode statement, LockList& locks);

/// The lock on the table that a FOREIGN KEY refers to, where `constraint` is one. Taken from CREATE
/// TABLE too.
void add_foreign_key_lock(TreeNode constraint, LockList& locks, Answer taken = Answer::yes);

}  // namespace migrator
