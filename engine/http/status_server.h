// The status server: probes, status, metrics and a page, over HTTP. Its threads end with it; what
// was begun is answered before. It takes a function that looks; it never migrates.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/http/gate.h"
#include "engine/http/lookout.h"
#include "engine/http/routes.h"

namespace migrator {

struct ServerOptions {
  std::vector<ListenAddress> listen = {};
  HealthPolicy health = {};
  RoutesOptions routes = {};
};

class StatusServer {
 public:
  /// Throws Error(usage, "not-public") for an address that others reach without a token and without
  /// AccessPolicy::is_public; and as ListeningSocket.
  StatusServer(const ServerOptions& options, Lookout::Look look);

  /// Where it listens, with the ports that the system chose.
  std::vector<ListenAddress> addresses() const;

 private:
  Lookout lookout_;
  Routes routes_;
  HttpCodec codec_;
  Gate gate_;
};

}  // namespace migrator
