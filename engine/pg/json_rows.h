// Rows of a statement that no other can hold (SHOW, EXPLAIN, one that writes in its WITH), sent back to
// the server as a query that gives the same rows with the same types, so that it makes JSON of them too.
#pragma once

#include <string>
#include <string_view>

#include "engine/pg/connection.h"
#include "engine/pg/session.h"

namespace migrator {

/// Whether it can stand in `with ... as (...)`. False, where that is not sure.
bool fits_in_with(std::string_view sql);

/// `sql` gives the rows that `json`, its $1, holds.
struct RowsAgain {
  std::string sql;
  std::string json;
};

/// Asks the server for the names of the types.
RowsAgain rows_again(Connection& connection, const Result& rows);

}  // namespace migrator
