#include "cmd/serving.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "cmd/open.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"

namespace migrator {
namespace {

// A database that is away is to be known of in two seconds.
constexpr std::chrono::milliseconds kConnectTime{1500};
constexpr std::chrono::milliseconds kAnswerTime{2000};

/// An embedded server is asked when it runs; to start one is nothing that a look does.
DatabaseUrl url_to_look_at(const World& world, const Config& config) {
  const DatabaseUrl& url = require_url(config);
  if (!url.is_embedded()) return url;
  const LocalServer server = local_server(world, config);
  if (!server.status().running)
    throw Error(ErrorKind::connection, {.id = "connection-refused",
                                        .message = "the embedded PostgreSQL does not run",
                                        .next = "migrator local start"});
  return server.url();
}

Connection connect_to_look(const World& world, const Config& config, std::stop_token stop) {
  ConnectOptions options = connect_options(config);
  options.application_name += " (serving)";
  options.timeout = std::min(options.timeout, kConnectTime);
  Connection session = Connection::open(url_to_look_at(world, config), options, std::move(stop));
  session.set_patience(kAnswerTime);
  session.show_queries(config.show_queries.value);
  return session;
}

/// A file that is named wins over the variable, as a flag does.
std::string token_of(const Config& config) {
  const std::filesystem::path& file = config.serve_token_file.value;
  if (file.empty()) return config.serve_token.value;
  const std::string token(trim(read_file(file)));
  if (token.empty())
    throw Error(ErrorKind::configuration,
                {.id = "token-empty",
                 .message = "the file of the token is empty: " + file.string(),
                 .next = "write a long random text into it"});
  return token;
}

ServerOptions options_of(const World& world, const Config& config) {
  ServerOptions options{
      .health = {.strict = config.serve_strict.value,
                 .stalled_after = config.serve_stalled_after.value},
      .routes = {.access = {.token = token_of(config), .is_public = config.serve_public.value},
                 .working_folder = world.working_folder.string()}};
  for (const std::string& address : config.serve_listen.value)
    options.listen.push_back(parse_listen_address(address));
  return options;
}

ProbeSite site_of(const World& world, const Config& config) {
  return {.folders = folders_of(config),
          .table = HistoryTable(config.schema.value, config.table.value),
          .order = config.order.value,
          .environment = config.environment.value,
          .url = require_url(config),
          .connect = [&world, config](std::stop_token stop) {
            return connect_to_look(world, config, std::move(stop));
          }};
}

}  // namespace

Serving::Serving(const World& world, const Config& config)
    : probe_(site_of(world, config)),
      server_(options_of(world, config),
              [this](const std::stop_token& stop) { return probe_.look(stop); }) {
  Progress progress(world.terminal, world.verbosity());
  for (const ListenAddress& address : server_.addresses())
    progress.waiting("listening on " + to_text(address));
}

std::unique_ptr<Serving> serve_meanwhile(const World& world, const Config& config) {
  if (world.arguments.config.listen.empty()) return nullptr;
  return std::make_unique<Serving>(world, config);
}

}  // namespace migrator
