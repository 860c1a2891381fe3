// The server says of a file of data that something is wrong, and of what row only sometimes. This
// loads the file again, beside its table, to name the rows: those that break a key, and with
// RunOptions::keep_going those that are no rows of the table at all. Repairs nothing: whatever it
// finds, the seed has failed.
#pragma once

#include <optional>
#include <stop_token>
#include <string_view>

#include "engine/base/error.h"
#include "engine/pg/connection.h"
#include "engine/sql/command.h"

namespace migrator {

/// To be run before the first statement of the file.
constexpr std::string_view kBeforeRows = "SAVEPOINT migrator_rows";

/// A command of the part that failed.
struct FailedCommand {
  const Part& part;
  const Command& command;    ///< as the part has it
  bool is_straight = false;  ///< a COPY into the table itself
  bool keep_going = false;
};

/// `error` is what it threw; the answer says more, or is the same. The transaction is left to be
/// rolled back. Throws Error(connection) when the session is lost.
Error explained(Connection& connection, const FailedCommand& failed, const Error& error,
                const std::stop_token& stop);

/// Of a constraint that waited for rows of further files, which are all there: the same error with
/// the rows of this one that break it; nothing when it has none. Leaves the rows of the file beside
/// its table. Throws as run_statement.
std::optional<Error> broken_by_rows(Connection& connection, const Part& part, const Error& error,
                                    const std::stop_token& stop);

}  // namespace migrator
