// The status server of a command, from its configuration: `serve` is nothing else, `up` and `run`
// have one beside their work.
#pragma once

#include <memory>

#include "cmd/world.h"
#include "engine/http/status_server.h"
#include "engine/project/config.h"
#include "engine/run/status_probe.h"

namespace migrator {

/// Listens and says where; looks while somebody asks.
class Serving {
 public:
  /// Throws as StatusServer. `world` must outlive it.
  Serving(const World& world, const Config& config);

 private:
  StatusProbe probe_;
  StatusServer server_;
};

/// One where --listen asks for it.
std::unique_ptr<Serving> serve_meanwhile(const World& world, const Config& config);

}  // namespace migrator
