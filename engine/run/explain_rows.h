// COPY stops at the first row that its table does not take. Where rows of a seed of data were on
// their way into the table itself, this loads them beside it, so that the complaint names them all.
// Repairs nothing: whatever it finds, the seed has failed.
#pragma once

#include <stop_token>
#include <string_view>

#include "engine/base/error.h"
#include "engine/pg/connection.h"
#include "engine/sql/part.h"

namespace migrator {

/// To be run before the COPY.
constexpr std::string_view kBeforeStraight = "SAVEPOINT migrator_straight";

/// `error` is what the COPY threw; the answer says more, or is the same. The transaction is left to
/// be rolled back. Throws Error(connection) when the session is lost.
Error explained(Connection& connection, const Part& part, const Error& error,
                const std::stop_token& stop);

}  // namespace migrator
