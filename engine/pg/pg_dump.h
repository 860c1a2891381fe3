// Runs PostgreSQL's pg_dump for the schema of a database, without owners, tablespaces,
// subscriptions and rows: the newest that is found and that knows the server. Its output is as it
// wrote it.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/pg/connection.h"

namespace migrator {

struct PgDumpOptions {
  DatabaseUrl url;
  ConnectOptions connect = {};
  int server_version = 0;                                      ///< 150018
  std::string search_path_variable = {};                       ///< the value of PATH
  std::optional<std::filesystem::path> bindir = std::nullopt;  ///< looked at as well
  std::string left_out_schema = {};                            ///< a table that is left out
  std::string left_out_table = {};
};

struct PgDumpResult {
  std::string text;
  std::string warnings;
};

/// Throws Error(configuration, "pg-dump-missing" or "pg-dump-too-old"), and Error(migration,
/// "pg-dump-failed") with what it said.
PgDumpResult run_pg_dump(const PgDumpOptions& options, std::stop_token stop = {});

}  // namespace migrator
