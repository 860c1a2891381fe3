#include "cmd/scratch_place.h"

#include <fmt/format.h>

#include "cmd/open.h"
#include "engine/base/build.h"

namespace migrator {

ScratchPlace::ScratchPlace(const World& world, const Config& config, Observer& progress)
    : options_(connect_options(config)) {
  options_.application_name = fmt::format("migrator {} (scratch)", program_version());
  const DatabaseUrl& given = config.scratch.value;
  if (!given.is_embedded()) {
    if (config.url)
      require_apart(given, config.url->value, options_,
                    config.is_protected.value ? Apart::server : Apart::database);
    url_ = given;
    return;
  }
  // What .env says of a server is said of the target's.
  options_.defaults.clear();
  const LocalServerOptions like = local_server_options(world, config);
  remove_dead_scratch_servers(like);
  progress.waiting("starting a PostgreSQL for this run");
  server_.emplace(like);
  url_ = server_->url();
}

}  // namespace migrator
