// All rows of a CSV file that its table would not take, up to a hundred: COPY stops at the first,
// so it is begun again behind each, into a table that is thrown away. Each row is sent once.
#pragma once

#include <optional>
#include <stop_token>

#include "engine/base/error.h"
#include "engine/pg/connection.h"
#include "engine/sql/command.h"

namespace migrator {

/// `copy` is the \copy of a seed of data, behind kBeforeRows. Nothing when no row is bad by itself,
/// or its rows are not sent as they are written. Throws as run_statement for what is about no row.
std::optional<Error> all_bad_rows(Connection& connection, const Part& part, const Command& copy,
                                  const std::stop_token& stop);

/// Of a quote that is never closed the server tells the end of the file: this tells where it
/// begins. Nothing when there is none.
std::optional<Error> open_quote(const Part& part, const Command& copy, const Error& error);

}  // namespace migrator
