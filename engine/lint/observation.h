// What each statement really did when the new migrations were run on a scratch database, as plain
// values: made by engine/run/observe, weighed against the rules by the linter, printed by
// engine/report. "There before" means before the deployment that is judged: what that makes itself
// is left out.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/finding.h"
#include "engine/sql/lock_mode.h"
#include "engine/sql/object_name.h"

namespace migrator {

/// A relation that was there before, and what it is: "table", "index", "materialized view".
struct SeenRelation {
  ObjectName name;
  std::string kind = "table";
  /// Of a partition its root, of an index its table; else empty.
  ObjectName belongs_to = {};

  bool operator==(const SeenRelation&) const = default;
};

struct SeenLock {
  SeenRelation relation;
  LockMode mode{};

  bool operator==(const SeenLock&) const = default;
};

struct SeenRows {
  ObjectName table;
  std::uint64_t inserted = 0;
  std::uint64_t updated = 0;
  std::uint64_t deleted = 0;

  bool operator==(const SeenRows&) const = default;
};

/// Something that was there before and is no more, though the statement may not name it.
struct SeenLoss {
  std::string kind;     ///< "view", "column", "constraint", "function"
  ObjectName name;      ///< of what belongs to a table: its own, without a schema
  std::string of = {};  ///< that table, as SQL

  bool operator==(const SeenLoss&) const = default;
};

struct Observation {
  std::string file = {};
  std::size_t line = 0;
  std::size_t column = 0;
  std::string what = {};  ///< "ALTER TABLE"
  bool transactional =
      true;  ///< else its locks were seen by a second session that stood in its way
  std::vector<SeenLock> locks = {};  ///< that it took, the strongest of each relation
  std::vector<SeenLock> held = {};   ///< that the transaction had already and that block others
  std::vector<ObjectName> rewritten = {};
  std::vector<ObjectName> scanned = {};
  std::vector<ObjectName> emptied = {};    ///< by TRUNCATE; by code also with DELETE
  std::vector<ObjectName> moved = {};      ///< of these: another table was given as many rows
  std::vector<ObjectName> refreshed = {};  ///< materialized views
  std::vector<ObjectName> rebuilt = {};    ///< indexes
  std::vector<SeenRows> rows = {};
  std::vector<SeenLoss> losses = {};
  std::vector<ObjectName> invalid_indexes = {};  ///< that it left
  std::vector<std::string> settings = {};        ///< that outlive the file, of its last statement
  std::uint64_t wal_bytes = 0;
  std::chrono::microseconds duration{0};
  /// How long what it locked stayed so: to the end of the transaction.
  std::chrono::microseconds locked_for{0};
  std::optional<Finding> failure = std::nullopt;
  bool skipped = false;  ///< it is about the whole server, and was not run
};

/// A table that has no row, since none could be made.
struct EmptyTable {
  std::string table;
  std::string why;
};

struct ObservedRun {
  int server_version = 0;
  std::string time_zone = {};
  std::size_t filled = 0;  ///< tables that were given rows
  std::vector<EmptyTable> empty = {};
  std::vector<Observation> statements = {};
};

/// What it did, in words: "ACCESS EXCLUSIVE on users; users written anew". Empty when there is
/// nothing to tell.
std::string to_text(const Observation& seen);

}  // namespace migrator
