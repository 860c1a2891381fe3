// The comparison joins what is on disk with what is in the database, one entry for each migration
// and seed that either side knows. Pure: two lists in, one list out. The planner, `status` and
// `check` all read from it, so they cannot disagree.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/plan/history.h"
#include "engine/project/project.h"

namespace migrator {

enum class Standing {
  applied,    ///< applied as it stands on disk
  cosmetic,   ///< applied; only comments or blanks differ since
  baseline,   ///< not applied here: the database came with it (at or below the baseline)
  pending,    ///< on disk only; a repeatable or seed that differs as well
  late,       ///< on disk only, and below the newest applied version
  changed,    ///< applied, and something else stands on disk now
  missing,    ///< applied, and its file is gone, though newer files exist
  ahead,      ///< applied, and newer than every file: another release did it
  half_done,  ///< begun and neither finished nor rolled back
};

std::string_view to_text(Standing standing);

/// One migration or seed. The pointers look into the Project and the History that were compared.
struct Entry {
  std::string id;
  StepKind kind = StepKind::versioned;
  std::optional<Version> version = std::nullopt;
  std::string name;
  Standing standing = Standing::pending;
  const Migration* migration = nullptr;
  const Seed* seed = nullptr;
  const AppliedMigration* applied = nullptr;

  const Part* part() const { return migration ? &migration->up : seed ? &seed->part : nullptr; }
  const Checksums* checksums() const {
    return migration ? &migration->checksums : seed ? &seed->checksums : nullptr;
  }
  /// The file it is read from, or the name it was applied under.
  std::string shown() const;
};

struct Comparison {
  std::vector<Entry>
      entries;  ///< versioned and baseline by version, repeatable by name, seeds in order

  std::size_t count(Standing standing) const;
};

/// Both arguments must outlive the result.
Comparison compare(const Project& project, const History& history);

}  // namespace migrator
