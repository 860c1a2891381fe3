// What a session of a run asks of the server so that it does not outlive its client: a dead pod's
// statement and locks are gone after a minute at most. What it is not: time limits of the user's
// statements (StepRunner sets those), and nothing for sessions that only look.
#pragma once

#include <vector>

#include "engine/base/error.h"
#include "engine/pg/connection.h"

namespace migrator {

/// For a server of this version (150018): TCP keepalives of the server's side,
/// client_connection_check_interval (14 and later), idle_in_transaction_session_timeout.
std::vector<ServerSetting> guard_settings(int server_version);

/// Whether a failure to set them says that the server's system cannot tell that a client has gone:
/// then they are to be set without the last of them.
bool lacks_connection_check(const Error& error);

/// Sets them, and has Connection::kept_settings bring them back after a RESET ALL. One round trip.
/// Does nothing behind a pooler, whose sessions belong to others as well.
void guard_session(Connection& connection);

}  // namespace migrator
