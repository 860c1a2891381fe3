// The way to a database, for commands that read no migrations: configuration, the embedded server
// where the environment says so. The database itself need not be there.
#pragma once

#include <string>

#include "cmd/open.h"
#include "cmd/world.h"

namespace migrator {

struct Site {
  explicit Site(const World& world);

  Config config;
  Progress progress;
  DatabaseUrl url;
  ConnectOptions options;
  std::string name;  ///< of the database

  /// A session whose own questions are answered in time. Throws as Connection::open.
  Connection open(const World& world) const;
  Head head(const World& world, const Connection& connection) const;
  FactsReport report(const World& world, std::string sentence) const;

  /// The database as people know it.
  std::string shown() const;
};

}  // namespace migrator
