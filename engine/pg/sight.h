// Two looks at a database from inside a session, for whoever compares before and after: what is in
// it (relations with their files, columns, constraints, functions, ...), and what the session has
// done so far (locks, scans, rows, WAL). Read only; of users' relations no lock is taken. System
// schemas and what extensions own are left out.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/sql/lock_mode.h"
#include "engine/sql/object_name.h"

namespace migrator {

struct SightedObject {
  std::string kind;         ///< "table", "view", "index", "column", "function", ...
  ObjectName name;          ///< of what belongs to a relation: its own alone
  std::string parent = {};  ///< key of the relation that it belongs to: an index's table
  std::string root = {};    ///< key of the partitioned table that a partition is of
  std::string file = {};    ///< of a relation that has one
  bool invalid = false;     ///< of an index
};

/// By a key that lasts as long as the object: kind and oid.
using Objects = std::map<std::string, SightedObject>;

/// All in the database but the relation `ignored` and what belongs to it.
Objects objects_in(Connection& connection, const ObjectName& ignored);

/// The key of a relation.
std::string relation_key(const std::string& oid);

/// What a session has done; counters count from its beginning.
struct Doings {
  struct Counts {
    std::uint64_t scans = 0;
    std::uint64_t inserted = 0;
    std::uint64_t updated = 0;
    std::uint64_t deleted = 0;
  };
  std::string transaction;                          ///< another one in another transaction
  std::map<std::string, std::set<LockMode>> locks;  ///< by the key of the relation
  std::map<std::string, Counts> counts;
  std::uint64_t wal = 0;  ///< place in the server's log
};

Doings doings_of(Connection& connection);

/// "AccessExclusiveLock", as pg_locks has it; 0 for others.
LockMode lock_mode_of(const std::string& name);

/// The settings that the session itself has changed, with its role: name and value.
std::map<std::string, std::string> session_settings(Connection& connection);

}  // namespace migrator
