// The commands that only look: status, plan, check. They hold no lock and write nothing.
#pragma once

#include "engine/pg/connection.h"
#include "engine/pg/history_table.h"
#include "engine/plan/planner.h"
#include "engine/report/outcome.h"

namespace migrator {

StatusReport status(Connection& connection, const HistoryTable& table, const Project& project,
                    OrderPolicy order);

PlanReport plan(Connection& connection, const HistoryTable& table, const Project& project,
                const UpTarget& target);

/// The files alone: what loading found, and statements that the transaction plan refuses.
CheckReport check_files(const Project& project);

/// The files, and how the database stands to them.
CheckReport check(Connection& connection, const HistoryTable& table, const Project& project,
                  OrderPolicy order);

/// Throws Error(connection, "server-too-old") for a server older than PostgreSQL 13; `version` as
/// Connection::server_version gives it.
void require_supported(int version);

/// What reports say of the database. `url` is the configured one ("embedded" stays that); it is
/// redacted.
DatabaseFacts facts_of(const Connection& connection, const DatabaseUrl& url);

}  // namespace migrator
