// The schema of a database as a file of its own, with the migrations that it holds. Reads only.
#pragma once

#include <stop_token>
#include <string>

#include "engine/pg/history_table.h"
#include "engine/pg/pg_dump.h"
#include "engine/run/observer.h"

namespace migrator {

/// The text of a schema.sql (engine/project/schema_file); what pg_dump warns of is told to
/// `observer`. `options` say everything but the server's version and the history table. Throws as
/// run_pg_dump; Error(migration, "half-done") while a migration is, for that schema is of no
/// version; Error(lock, "lock-timeout") when migrations go on being applied meanwhile.
std::string dump_schema(Connection& connection, const HistoryTable& table, PgDumpOptions options,
                        Observer& observer, const std::stop_token& stop);

}  // namespace migrator
