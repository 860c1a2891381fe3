// How psql is led to a database without a URL on its command line, where all could read it: by
// libpq's own variables. Starts nothing.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/pg/connection.h"

namespace migrator {

struct PsqlConnection {
  std::vector<std::pair<std::string, std::string>> variables;  ///< "PGHOST"; hold the password
  std::vector<std::string> arguments;  ///< for what has no variable: never a secret
};

/// Throws Error(configuration, "psql-parameter") for a secret that libpq has no variable for.
PsqlConnection psql_connection(const DatabaseUrl& url, const ConnectOptions& options);

}  // namespace migrator
