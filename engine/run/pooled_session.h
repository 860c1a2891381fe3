// What a file may not leave in its session behind a pooler, where each transaction has another one:
// by the words of its statements before any of them runs, and by asking the server before a
// transaction is committed. What it does not do: take it away (engine/run/file_session).
#pragma once

#include <optional>
#include <vector>

#include "engine/base/error.h"
#include "engine/pg/connection.h"
#include "engine/plan/planner.h"
#include "engine/run/run_options.h"

namespace migrator {

/// Throws Error(migration, "pooler-session") when a statement of the step says itself that it
/// leaves something in its session for later ones.
void refuse_lost_state(const Step& step);

/// A warning of what the transaction that is open has made there, by whatever statement, when more
/// of the file follows behind `segment`, which will not have it. (It may be meant to go with the
/// transaction; nobody can tell.) One query.
std::optional<Finding> left_state(Connection& connection, const Step& step, const Segment& segment);

/// Warnings: time limits that do not hold there, and procedures that may leave something in a
/// session that is not ours.
std::vector<Finding> warnings_behind_pooler(const Step& step, const RunOptions& options);

}  // namespace migrator
