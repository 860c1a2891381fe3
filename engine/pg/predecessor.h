// The end of a session of our own that was lost to us and may still hold its locks, or be at work:
// it is found by its application_name, which has a part of the run's id in it. What it is not: a
// way to end other sessions.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/report/progress.h"

namespace migrator {

/// "migrator 0.1.0 (9f0c2a11)": what the sessions of a run are called where nobody says otherwise.
std::string session_name(std::string_view run_id);

/// The same while it is at something: "migrator 0.1.0 (9f0c2a11): 3_orders.sql".
std::string session_name(std::string_view run_id, std::string_view file);

/// Those of another run, while they are there and named after it.
std::vector<OtherSession> sessions_of_run(Connection& connection, std::string_view run_id);

/// Ends the session of this run that had the server's process `pid`, and waits up to ten seconds
/// until it is gone. Does nothing behind a pooler, and where another application_name was asked
/// for; a session that is left then is waited for where its lock or its row is wanted. Throws as
/// Connection::query. Precondition: no transaction is open.
void end_predecessor(Connection& connection, int pid, std::string_view run_id,
                     const std::stop_token& stop);

}  // namespace migrator
