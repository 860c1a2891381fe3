// The commands that tend the history by hand: baseline and repair. They change the history table
// and nothing else, under the migrators' lock, and always leave who, when and why in the row.
#pragma once

#include <optional>
#include <string>

#include "engine/run/up.h"

namespace migrator {

/// Says that the database came with everything up to `version`. Throws Error(usage) when the
/// version is unknown or the history has it or a newer one.
RunReport baseline(const RunSite& site, const Project& project, Version version,
                   const std::string& reason);

enum class Repair {
  accept_file,   ///< the database is as the file says now: take its checksums
  mark_applied,  ///< all of the file is in the database
  resume_at,     ///< a half-done file: this statement is the first that is not done
  forget,        ///< nothing of it is in the database: remove the row
};

struct RepairRequest {
  std::string target;  ///< an id, a version or a file name
  Repair repair = Repair::accept_file;
  std::size_t statement = 0;  ///< resume_at: counted from 1
  std::string reason;
};

/// Throws Error(usage) when the request does not fit the row.
RunReport repair(const RunSite& site, const Project& project, const RepairRequest& request);

}  // namespace migrator
