// Reads the objects of a database that users made: none of the system's, none that an extension
// brought, nor migrator's own table. One round trip; whatever the session's settings are, the
// definitions are the same texts. Reads no rows.
#pragma once

#include <stop_token>

#include "engine/pg/connection.h"
#include "engine/pg/history_table.h"
#include "engine/plan/catalog.h"

namespace migrator {

/// In a transaction of its own. Throws as Connection::query.
Catalog read_catalog(Connection& connection, const HistoryTable& table,
                     const std::stop_token& stop = {});

}  // namespace migrator
