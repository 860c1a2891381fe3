// Sends SQL of files to the server as it stands, one statement a message, and turns what the
// server says into Places of the file. Decides nothing about transactions.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/pg/connection.h"
#include "engine/sql/command.h"

namespace migrator {

/// What the server answered to one statement.
struct CommandResult {
  std::string tag;         ///< "CREATE TABLE", "INSERT 0 3"
  std::uint64_t rows = 0;  ///< rows touched, where the tag says so
};

using DataSent = std::function<void(std::uint64_t bytes, std::uint64_t all)>;

/// Runs one statement of a part: COPY ... FROM STDIN is given its data, and what \gexec asks for is
/// run after it. Throws Error(migration) with place, SQLSTATE, detail, hint and context;
/// Error(connection) when the session is lost. A stop request cancels the statement on the server
/// through the protocol and then throws Error(migration) with id "cancelled".
/// `sent` is told from time to time how many bytes of the data of a COPY are sent, and of how many.
CommandResult run_statement(Connection& connection, const Part& part, const Command& command,
                            std::stop_token stop = {}, const DataSent& sent = {});

/// Runs text of our own that has no place in a file ("begin", settings). May hold several
/// statements. Throws as run_statement, without a place.
CommandResult run_command(Connection& connection, std::string_view sql, std::stop_token stop = {});

using RowsTaken = std::function<void(std::string_view rows)>;

/// COPY ... TO STDOUT: `take` gets what comes, as it comes. What it throws breaks the
/// connection.
CommandResult run_copy_out(Connection& connection, std::string_view sql, const RowsTaken& take,
                           std::stop_token stop = {});

/// The same as run_command for what takes no time: without an answer for as long as
/// Connection::patience it loses the connection.
CommandResult run_quick_command(Connection& connection, std::string_view sql,
                                std::stop_token stop = {});

/// COMMIT, and the certainty that it was one. Throws as run_command, and Error(migration,
/// "not-committed") when the server rolled back instead.
void commit(Connection& connection, std::stop_token stop = {});

/// What commit throws for another answer than COMMIT.
[[noreturn]] void throw_not_committed();

}  // namespace migrator
