// Which other sessions build, drop or detach something of a table at this moment, and are not to be
// disturbed: also the server's process of a client that died, which works on without it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/report/progress.h"

namespace migrator {

/// CREATE INDEX, REINDEX, DROP INDEX CONCURRENTLY and DETACH CONCURRENTLY at work on one of these
/// tables (by oid), or waiting for its lock. A session whose statement this role may not see counts
/// when it has such a lock, except for autovacuum.
std::vector<OtherSession> workers_on(Connection& connection, std::span<const std::string> tables);

}  // namespace migrator
