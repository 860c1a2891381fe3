// The modes in which PostgreSQL locks a table, and what they keep others from. Names and conflicts:
// its documentation, "Explicit Locking", "Table-Level Locks".
#pragma once

#include <string_view>

namespace migrator {

/// From weak to strong, with the server's numbers (src/include/storage/lockdefs.h).
enum class LockMode {
  access_share = 1,
  row_share,
  row_exclusive,
  share_update_exclusive,
  share,
  share_row_exclusive,
  exclusive,
  access_exclusive,
};

/// "ACCESS EXCLUSIVE"
std::string_view to_text(LockMode mode);

/// Which of the application's work waits for one who holds it, or who waits for it in front.
enum class Blocked {
  nothing,         ///< it may have to wait for a lock itself, and stops nobody's reads or writes
  schema_changes,  ///< and VACUUM, ANALYZE, CREATE INDEX CONCURRENTLY
  writes,
  reads_and_writes,
};
Blocked blocked_by(LockMode mode);

/// "reads and writes"
std::string_view to_text(Blocked blocked);

}  // namespace migrator
