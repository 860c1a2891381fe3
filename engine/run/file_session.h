// What a file does to the session it runs in. A file has the session for itself from its first
// statement to its last, through all of its segments, as if each file had a session of its own;
// our own statements in between run as the role that connected. What this cannot undo: session
// advisory locks that a file took.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/pg/connection.h"

namespace migrator {

/// Makes deferred constraints speak inside the transaction that is open, while the file's role and
/// settings are still there. Throws as run_command.
void check_deferred(Connection& connection);

/// The constraints that are deferred when a transaction begins, as SET CONSTRAINTS reads them;
/// empty when there are none. By name, as that command takes them.
std::string deferred_constraints(Connection& connection);

/// After check_deferred, for what follows in the same transaction: those are deferred again.
void defer_again(Connection& connection, const std::string& constraints);

/// Inside the file's last transaction, before our own last statement: role and settings as they
/// were at the beginning of the session.
void reset_settings(Connection& connection);

/// As after reset_settings, and without the temporary tables, prepared statements, cursors and
/// listeners of the file. Precondition: no transaction is open.
void reset_session(Connection& connection);

/// For the rest of the open transaction, our role and no time limits; the file's come back when it
/// ends.
void act_as_ourselves(Connection& connection);

/// Runs `write` in a transaction of its own as act_as_ourselves. Precondition: none is open.
void write_as_ourselves(Connection& connection, const std::function<void()>& write);

}  // namespace migrator
