// Whether a pooler stands between us and the server (PgBouncer and its like). It is found out, not
// configured: the server's process that answers is not the one that was announced. What it does not
// do: tell a pooler that gives each transaction another of the server's sessions from one that does
// not; nobody can be sure of that from outside, and what is right behind the first is right behind
// both. A proxy that passes bytes on is none.
#pragma once

#include "engine/pg/connection.h"

namespace migrator {

/// The server's process that answers now. Connection::backend_pid is what was said at connecting.
int serving_process(Connection& connection);

/// Sets Connection::is_pooled. One round trip. Precondition: no transaction is open. Throws as
/// Connection::query.
void detect_pooler(Connection& connection);

}  // namespace migrator
