// Who is in the way of a session of the server, and in whose way they are themselves: read from
// pg_blocking_pids, pg_locks and pg_stat_activity over another session. Ends nobody.
#pragma once

#include <vector>

#include "engine/pg/connection.h"
#include "engine/report/progress.h"

namespace migrator {

/// The nearest first, each once, up to five deep; also those that CREATE INDEX CONCURRENTLY waits
/// for. Throws as Connection::query.
std::vector<OtherSession> blockers_of(Connection& watcher, int pid);

}  // namespace migrator
