// Asks a database for the sizes of its tables and how often they are written: numbers and names,
// never rows. Reads catalogs and statistics alone.
#pragma once

#include "engine/lint/table_sizes.h"
#include "engine/pg/connection.h"

namespace migrator {

/// Of all tables but temporary ones and the server's own. Throws as Connection::query does; a table
/// that somebody keeps closed is waited for at most 5 seconds.
DatabaseStats read_stats(Connection& connection);

}  // namespace migrator
