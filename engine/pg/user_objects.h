// What somebody has made in a database: whether a schema may be loaded into it.
#pragma once

#include <string>
#include <vector>

#include "engine/pg/connection.h"

namespace migrator {

/// A few of the tables, views, sequences, functions and types outside the server's own schemas, as
/// "table public.users", in a fixed order; without what extensions brought and the table that is
/// named. Schemas and extensions alone are nothing: they hold no data.
std::vector<std::string> some_user_objects(Connection& connection,
                                           const std::string& left_out_schema,
                                           const std::string& left_out_table);

}  // namespace migrator
