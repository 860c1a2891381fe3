// The table locks of statements that change or lock rows: INSERT, UPDATE, DELETE, MERGE, COPY, and
// SELECT ... FOR UPDATE. They stop no reads and writes of others by themselves, only DDL.
#pragma once

#include <string_view>

#include "engine/sql/expected_lock.h"
#include "engine/sql/parse_tree.h"

namespace migrator {

/// By the first words of a statement, with no tree.
void add_row_locks(std::string_view statement, LockList& locks);

/// Wherever in a tree rows are changed or locked, as in WITH.
void add_row_locks(TreeNode statement, LockList& locks);

/// Whether a query may hold what only its tree tells: WITH, SELECT ... INTO, FOR UPDATE.
bool may_change_rows_within(std::string_view query);

}  // namespace migrator
