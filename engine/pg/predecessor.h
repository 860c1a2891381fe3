// The end of a session of our own that was lost to us and may still hold its locks, or be at work:
// it is found by its application_name, which has a part of the run's id in it. What it is not: a
// way to end other sessions.
#pragma once

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

/// Ends the sessions of this run but for this one, and waits up to ten seconds until they are gone.
/// Does nothing where another application_name was asked for; a session that is left then is
/// waited for where its lock or its row is wanted. Throws as Connection::query.
void end_predecessor(Connection& connection, std::string_view run_id);

}  // namespace migrator
