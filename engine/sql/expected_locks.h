// Which locks a statement takes on relations, and what is done under them: the rules. They read the
// statement and no database, and hold for PostgreSQL 13 to 18; tests/database/locks_test.cpp holds
// them to a server. Left out: ACCESS SHARE of what is only read (all that it waits for is ACCESS
// EXCLUSIVE), catalogs, TOAST tables, partitions and children that are not named (they are locked
// as their parent is), and the sequences and indexes that belong to a table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/expected_lock.h"
#include "engine/sql/parse_tree.h"

namespace migrator {

struct StatementLocks {
  std::vector<ExpectedLock> locks = {};
  /// Not empty: there may be others, and why the text does not tell.
  std::string unknown = {};

  bool operator==(const StatementLocks&) const = default;
};

/// `tree` is that of the statement, or nothing where it was not parsed. Sources: SAFETY, measured;
/// PostgreSQL's documentation, "Explicit Locking".
StatementLocks expected_locks(std::string_view statement, TreeNode tree);

/// Whether only the tree of a statement tells its locks. Not so of INSERT, UPDATE, DELETE, COPY and
/// most queries, whose words do: a file of them is quick to look at, however long.
bool needs_tree(std::string_view statement);

}  // namespace migrator
