// Where the databases of a trial are made: on the server that the configuration names, else on one
// of this run's own, which ends with the object. The target's database is refused.
#pragma once

#include <optional>

#include "cmd/world.h"
#include "engine/pg/scratch_database.h"
#include "engine/pg/scratch_server.h"
#include "engine/run/observer.h"

namespace migrator {

class ScratchPlace {
 public:
  /// `progress` is told when a server is started. Removes first what dead runs have left.
  ScratchPlace(const World& world, const Config& config, Observer& progress);

  /// Rights can be given to the roles that are there; on a server that was named nothing is made.
  void take_roles_of(Connection& target);

  /// Of the server: for ScratchDatabase.
  const DatabaseUrl& url() const { return url_; }
  const ConnectOptions& options() const { return options_; }

 private:
  std::optional<ScratchServer> server_;
  DatabaseUrl url_;
  ConnectOptions options_;
};

}  // namespace migrator
