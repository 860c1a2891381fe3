// A migration as it stands on disk. What the database has of it is an AppliedMigration
// (engine/plan/history.h); the planner joins the two.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/project/checksum.h"
#include "engine/project/version.h"
#include "engine/sql/directives.h"
#include "engine/sql/source.h"
#include "engine/sql/splitter.h"
#include "engine/sql/summary.h"

namespace migrator {

/// One direction of a migration, or a seed: text that is run, already cut into statements.
struct Part {
  std::string file;            ///< as shown: relative to the working folder where it lies below it
  std::string text;            ///< this part's bytes, without a byte-order mark
  std::size_t first_line = 1;  ///< line of the file on which text begins
  Directives directives = {};
  std::vector<Statement> statements = {};

  Source source() const { return {file, text, first_line}; }
};

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

  std::string id() const { return "seed/" + name; }
};

}  // namespace migrator
