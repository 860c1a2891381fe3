// Self-healing of statements that run outside a transaction: what an earlier try left half made (an
// invalid index, a detach that is pending) is removed or finished before the statement runs, after
// waiting for whoever is still at work on it. What it does not do: run the statement, decide
// whether one that was in flight may run again (engine/pg/examine), touch a valid index.
// Preconditions: no transaction is open; the session has the role, the search_path and the time
// limits that the statement will have.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "engine/base/finding.h"
#include "engine/pg/connection.h"
#include "engine/sql/outside_action.h"

namespace migrator {

/// What is known of this very statement from before.
enum class EarlierTry {
  none,         ///< it has not run yet
  failed,       ///< the server refused it or broke it off
  interrupted,  ///< it was in flight when its client left: it may be done, or running still
};

struct HealOptions {
  EarlierTry earlier = EarlierTry::none;
  std::chrono::milliseconds limit = std::chrono::minutes(10);  ///< for those who are at work on it
  std::function<void(std::string_view)> waiting = {};          ///< told at once, then every 5 s
  std::stop_token stop = {};
};

struct Healing {
  /// A note ("healed") for each thing that was healed, a warning ("leftover-kept") for each that
  /// this role may not remove and that does not stand in the statement's way.
  std::vector<Finding> findings = {};
  /// The statement's work is done thereby, or was done by the process that was waited for: it must
  /// not run.
  bool done = false;
};

/// Throws Error(lock, "index-under-construction") when the limit is over, which says who is at
/// work; Error(migration) when something cannot be removed, or a stop is requested ("cancelled").
Healing heal_before(Connection& connection, const OutsideAction& action,
                    const HealOptions& options);

/// After the statement: throws Error(migration, "index-invalid") when an index that it made or
/// built again is invalid, as one that IF NOT EXISTS found there and accepted. Not asked after a
/// REINDEX of a schema or database, and after a CREATE INDEX without a name.
void check_after(Connection& connection, const OutsideAction& action);

}  // namespace migrator
