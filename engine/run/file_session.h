// What a file does to the session it runs in. A file has the session for itself from its first
// statement to its last, through all of its segments, as if each file had a session of its own;
// our own statements in between run as the role that connected. What this cannot undo: session
// advisory locks that a file took.
#pragma once

#include <functional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/pg/pipeline.h"

namespace migrator {

/// Makes deferred constraints speak inside the transaction that is open, while the file's role and
/// settings are still there. Throws as run_command.
void check_deferred(Connection& connection, const std::stop_token& stop);
/// The statement for it, and what is to be thrown when that failed.
Query check_of_deferred();
Error with_deferred(const Error& error);

/// The same where more files follow in the transaction: afterwards each constraint is deferred or
/// not as at its beginning, and those that later files make are as they are made. One that shares
/// its name with one that cannot be deferred speaks at COMMIT only, for SET CONSTRAINTS goes by
/// names.
void check_deferred_by_name(Connection& connection, const std::stop_token& stop);

/// Whether the open transaction is read-only.
bool is_read_only(Connection& connection);

/// Inside the file's last transaction, before our own last statement: role and settings as they
/// were at the beginning of the session.
std::vector<Query> settings_reset(const Connection& connection);
void reset_settings(Connection& connection);

/// What rows of a file may have changed through their triggers, for a file that follows in the same
/// message. The rest of session_reset stands at its end.
std::vector<Query> reset_between_files();

/// The same for the last transaction of a file whose session is somebody else's afterwards, and
/// without its temporary tables, cursors, listeners and advisory locks. What it prepared stays.
/// `name` is what the session is called from here on: RESET ALL leaves it without one, and others
/// know us by it while a statement runs outside a transaction.
void reset_inside(Connection& connection, const ServerSetting& name);

/// As after reset_settings, and without the temporary tables, prepared statements, cursors and
/// listeners of the file. Precondition: no transaction is open.
std::vector<Query> session_reset(const Connection& connection);
void reset_session(Connection& connection);

/// For the rest of the open transaction, our role and no time limits; the file's come back when it
/// ends.
void act_as_ourselves(Connection& connection);

/// Runs `write` in a transaction of its own as act_as_ourselves. Precondition: none is open.
void write_as_ourselves(Connection& connection, const std::function<void()>& write);

}  // namespace migrator
