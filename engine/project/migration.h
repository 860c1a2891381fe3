// A migration as it stands on disk. What the database has of it is an AppliedMigration
// (engine/plan/history.h); the planner joins the two.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/project/checksum.h"
#include "engine/project/version.h"
#include "engine/sql/part.h"

namespace migrator {

struct Migration {
  Version version;   ///< 0 for a repeatable one
  std::string name;  ///< "users" of 1_users.up.sql; "home_timeline" of R__home_timeline.sql
  bool repeatable = false;
  Part up;
  std::optional<Part> down = std::nullopt;
  Checksums checksums;  ///< of up.text

  /// What may be in the history once (FORMATS.md): "20261122103000" or "R__home_timeline".
  std::string id() const { return repeatable ? "R__" + name : to_string(version); }
};

/// A seed: SQL of the seeds folder, tracked by its path in there.
struct Seed {
  std::string name;  ///< "10_users.sql", "dev/20_activities.sql"
  Part part;
  Checksums checksums;
  std::vector<std::string> after = {};  ///< ids of seeds that run before it

  std::string id() const { return "seed/" + name; }
};

}  // namespace migrator
