#include "engine/sql/lock_mode.h"

namespace migrator {

std::string_view to_text(LockMode mode) {
  switch (mode) {
    case LockMode::access_share:
      return "ACCESS SHARE";
    case LockMode::row_share:
      return "ROW SHARE";
    case LockMode::row_exclusive:
      return "ROW EXCLUSIVE";
    case LockMode::share_update_exclusive:
      return "SHARE UPDATE EXCLUSIVE";
    case LockMode::share:
      return "SHARE";
    case LockMode::share_row_exclusive:
      return "SHARE ROW EXCLUSIVE";
    case LockMode::exclusive:
      return "EXCLUSIVE";
    case LockMode::access_exclusive:
      return "ACCESS EXCLUSIVE";
  }
  return "";
}

Blocked blocked_by(LockMode mode) {
  if (mode == LockMode::access_exclusive) return Blocked::reads_and_writes;
  if (mode >= LockMode::share) return Blocked::writes;
  if (mode == LockMode::share_update_exclusive) return Blocked::schema_changes;
  return Blocked::nothing;
}

std::string_view to_text(Blocked blocked) {
  switch (blocked) {
    case Blocked::nothing:
      return "nothing";
    case Blocked::schema_changes:
      return "schema changes";
    case Blocked::writes:
      return "writes";
    case Blocked::reads_and_writes:
      return "reads and writes";
  }
  return "";
}

}  // namespace migrator
