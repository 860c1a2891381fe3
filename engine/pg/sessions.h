// The sessions of clients in a database, and who of them waits for whom: a look, and the end of one
// that is asked for by its process.
#pragma once

#include <vector>

#include "engine/pg/connection.h"
#include "engine/report/outcome.h"

namespace migrator {

/// Those of the connection's own database but for its own, and those elsewhere that are in their
/// way (prepared transactions have no process). In the order of the tree: those who wait stand
/// behind the one they wait for, a level deeper. Throws as Connection::query.
std::vector<ServerSession> sessions_of(Connection& connection);

/// Ends the session, and waits until it is gone. False when there is none with that process. Throws
/// as Connection::query: Error(migration) with 42501 without the right to.
bool end_session(Connection& connection, int pid);

}  // namespace migrator
