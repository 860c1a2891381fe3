// Whether something between us and the server gives each transaction another of the server's
// sessions (PgBouncer and its like with pool_mode = transaction). It is found out, not configured:
// by what such a pooler does, whatever its name. A proxy that passes bytes on is none.
#pragma once

#include <functional>
#include <stop_token>

#include "engine/pg/connection.h"

namespace migrator {

/// The server's process that answers now. Connection::backend_pid is what was said at connecting.
int serving_process(Connection& connection);

/// Sets Connection::is_pooled. One question where the server itself answers; otherwise a second
/// session (`connect`, which may be empty or throw Error) is asked in turns with this one which of
/// the server's processes it has. What stays unclear counts as a pooler: the run is safe then too.
/// Precondition: no transaction is open. Throws as Connection::query.
void detect_pooler(Connection& connection,
                   const std::function<Connection(std::stop_token)>& connect,
                   const std::stop_token& stop);

}  // namespace migrator
