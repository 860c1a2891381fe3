// Statements and the locks that they are expected to take, all the rows of the house's table of
// locks: held against the rules without a server (tests/unit) and against what a server locks
// (tests/database), in a database that lock_case_schema() made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/expected_locks.h"

namespace migrator {

/// Where the locks of a case can be seen on a server.
enum class Proof {
  in_transaction,  ///< run in a transaction, then asked of pg_locks
  none,            ///< refuses a transaction, or lets go of its locks before it ends
};

struct LockCase {
  std::string_view statement;
  /// As dump() gives it.
  std::string_view locks;
  Proof proof = Proof::in_transaction;
  int since = 0;  ///< the oldest server that knows the statement
};

/// The tables and all else that the cases work on.
std::string_view lock_case_schema();

const std::vector<LockCase>& lock_cases();

/// "AX users rewrite scan, perhaps SRX referenced tables of users": mode, what, what is done to it;
/// a "?" behind rewrite or scan where it depends.
std::string dump(const StatementLocks& locks);

/// expected_locks() with the tree that it asks for.
StatementLocks locks_of(std::string_view statement);

}  // namespace migrator
