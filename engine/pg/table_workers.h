// Which other sessions build, drop or detach something of a table at this moment, and are not to be
// disturbed: also the server's process of a client that died, which works on without it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/pg/connection.h"

namespace migrator {

struct TableWorker {
  int pid = 0;
  std::string user;
  std::string application_name;
  std::string client;     ///< address, or "local"; empty when not visible
  std::string since;      ///< when its statement began, ISO 8601; empty when not visible
  std::string statement;  ///< shortened; empty when not visible

  bool operator==(const TableWorker&) const = default;
};

/// CREATE INDEX, REINDEX, DROP INDEX CONCURRENTLY and DETACH CONCURRENTLY at work on one of these
/// tables (by oid), or waiting for its lock. A session whose statement this role may not see counts
/// when it has such a lock, except for autovacuum.
std::vector<TableWorker> workers_on(Connection& connection, std::span<const std::string> tables);

/// "process 42 (psql) of user anna, from 10.0.0.9, since 2026-11-02T10:00:00Z, running: create
/// index ..."
std::string describe(const TableWorker& worker);

}  // namespace migrator
