#include "cmd/site.h"

#include <fmt/format.h>

#include <chrono>

#include "engine/pg/database.h"
#include "engine/run/look.h"

namespace migrator {

Site::Site(const World& world)
    : config(settle_config(world)),
      progress(world.terminal, world.verbosity()),
      url(reachable_url(world, config, progress)),
      options(connect_options(config)),
      name(name_of_database(url, options)) {}

Connection Site::open(const World& world) const {
  Connection connection = Connection::open(url, options, world.stop);
  connection.set_patience(std::chrono::seconds(60));
  connection.show_queries(config.show_queries.value);
  return connection;
}

Head Site::head(const World& world, const Connection& connection) const {
  return {world.arguments.command, config.environment.value,
          facts_of(connection, config.url->value)};
}

FactsReport Site::report(const World& world, std::string sentence) const {
  return {.head = {world.arguments.command, config.environment.value},
          .sentence = std::move(sentence),
          .facts = {{"name", name}}};
}

std::string Site::shown() const {
  return fmt::format("{}: the database \"{}\" of {}", config.environment.value, name,
                     config.url->value.redacted());
}

}  // namespace migrator
