#include "cmd/scratch_place.h"

#include <fmt/format.h>

#include <filesystem>

#include "cmd/open.h"
#include "engine/base/build.h"

namespace migrator {
namespace {

/// Where the migrations are meant for, as far as there is such a place.
std::optional<DatabaseUrl> target_of(const World& world, const Config& config) {
  if (!config.url) return std::nullopt;
  if (!config.url->value.is_embedded()) return config.url->value;
  if (!std::filesystem::exists(config.embedded_dir.value)) return std::nullopt;
  return local_server(world, config).url();
}

}  // namespace

ScratchPlace::ScratchPlace(const World& world, const Config& config, Observer& progress)
    : options_(connect_options(config)) {
  options_.application_name = fmt::format("migrator {} (scratch)", program_version());
  const DatabaseUrl& given = config.scratch.value;
  if (!given.is_embedded()) {
    if (const auto target = target_of(world, config))
      require_apart(given, *target, options_,
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
  server_->add_roles(config.scratch_roles.value);
  url_ = server_->url();
}

void ScratchPlace::take_roles_of(Connection& target) {
  if (server_) server_->add_roles(roles_of(target));
}

}  // namespace migrator
