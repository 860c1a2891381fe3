// The exit codes, pinned in FORMATS.md: scripts and init containers decide by them.
#pragma once

#include <span>

#include "engine/base/error.h"
#include "engine/base/finding.h"

namespace migrator {

constexpr int kDone = 0;             ///< done, or nothing to do
constexpr int kFound = 1;            ///< pending, changed, missing, late: what a look was for
constexpr int kUsage = 2;            ///< command line, configuration or files
constexpr int kNoConnection = 3;     ///< no connection, or the lock was not got in time
constexpr int kMigrationFailed = 4;  ///< a migration or a seed failed

constexpr int exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
    case ErrorKind::configuration:
      return kUsage;
    case ErrorKind::connection:
    case ErrorKind::lock:
      return kNoConnection;
    case ErrorKind::migration:
      return kMigrationFailed;
  }
  return kMigrationFailed;
}

/// kFound when a finding is a warning or an error, else kDone.
constexpr int exit_code_of(std::span<const Finding> findings) {
  for (const Finding& finding : findings)
    if (finding.severity != Severity::note) return kFound;
  return kDone;
}

}  // namespace migrator
