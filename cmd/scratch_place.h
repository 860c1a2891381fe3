// Where the databases of a trial are made: on the server that the configuration names, else on one
// of this run's own, which ends with the object. The target's database is refused.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cmd/world.h"
#include "engine/pg/scratch_database.h"
#include "engine/pg/scratch_server.h"
#include "engine/run/observer.h"
#include "engine/run/scratch_run.h"

namespace migrator {

class ScratchPlace {
 public:
  /// `progress` is told when a server is started. Removes first what dead runs have left.
  ScratchPlace(const World& world, const Config& config, Observer& progress);

  /// Rights can be given to the roles that are there, but for those that are to be made; on a
  /// server that was named nothing is made.
  void take_roles_of(Connection& target, const std::set<std::string>& to_be_made);

  ScratchKind kind() const { return server_ ? ScratchKind::own_server : ScratchKind::named_server; }
  /// For ScratchDatabase: those that the files make, and how another run that makes them is waited
  /// for. `progress` outlives it.
  static ScratchRoles roles_of_files(const Config& config, const Project& project,
                                     Observer& progress);
  /// "role-left": roles of a server that was named which were not there at the beginning, and of
  /// which the files tell.
  void tell_roles_left(const World& world, const Project& project,
                       std::vector<Finding>& findings) const;

  /// Of the server: for ScratchDatabase.
  const DatabaseUrl& url() const { return url_; }
  const ConnectOptions& options() const { return options_; }

 private:
  std::optional<ScratchServer> server_;
  std::vector<std::string> roles_before_ = {};  ///< of one that was named
  DatabaseUrl url_;
  ConnectOptions options_;
};

}  // namespace migrator
