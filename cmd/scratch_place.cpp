#include "cmd/scratch_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cmd/open.h"
#include "engine/base/build.h"
#include "engine/pg/database.h"
#include "engine/project/roles_made.h"
#include "engine/sql/object_name.h"

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
    Connection maintenance = open_maintenance(url_, options_, world.stop);
    roles_before_ = roles_of(maintenance);
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

void ScratchPlace::take_roles_of(Connection& target, const std::set<std::string>& to_be_made) {
  if (!server_) return;
  std::vector<std::string> roles = roles_of(target);
  std::erase_if(roles, [&](const std::string& role) { return to_be_made.contains(role); });
  server_->add_roles(roles);
}

ScratchRoles ScratchPlace::roles_of_files(const Config& config, const Project& project,
                                          Observer& progress) {
  return {.names = roles_made_by(project),
          .wait = config.lock_wait.value,
          .waiting = [&progress](std::string_view line) { progress.still_waiting(line); },
          .tell_every = progress.progress_interval()};
}

void ScratchPlace::tell_roles_left(const World& world, const Project& project,
                                   std::vector<Finding>& findings) const {
  if (server_) return;
  Connection maintenance = open_maintenance(url_, options_, world.stop);
  for (const std::string& role : roles_of(maintenance))
    if (std::ranges::find(roles_before_, role) == roles_before_.end() &&
        is_mentioned(project, role))
      findings.push_back({.severity = Severity::note,
                          .id = "role-left",
                          .message = fmt::format("the role {} was not on the scratch server before "
                                                 "this run, and is there now",
                                                 name_text(role)),
                          .next = "drop it there, unless somebody else has made it meanwhile"});
}

}  // namespace migrator
