#include "cmd/open.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "cmd/rds_access.h"
#include "engine/base/build.h"
#include "engine/base/error.h"
#include "engine/pg/connect_error.h"
#include "engine/pg/database.h"
#include "engine/pg/pause.h"
#include "engine/pg/predecessor.h"
#include "engine/run/look.h"
#include "engine/run/run_id.h"
#include "engine/sql/directives.h"

namespace migrator {
namespace {

// For an answer to questions of our own, which takes no time.
constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kBetweenLooks{200};

/// A session that is lost while it makes the database may have made it: it is looked for again.
bool create_missing(const DatabaseUrl& url, const Config& config, Creation creation,
                    Observer& progress, const std::stop_token& stop) {
  if (creation == Creation::never) return false;
  const auto deadline = std::chrono::steady_clock::now() + config.reconnect.value;
  for (bool was_lost = false;;) {
    try {
      const bool created = create_database_if_missing(url, connect_options(config), stop);
      if (created) progress.waiting("created the database " + url.database().value_or(""));
      return created;
    } catch (const Error& error) {
      if (!was_lost && error.finding().id != "connection-lost") throw;
      if (!may_pass(error) || std::chrono::steady_clock::now() > deadline) throw;
      if (!was_lost) progress.waiting(error.finding().message + "; looking for the database again");
      was_lost = true;
      if (!pause(kBetweenLooks, stop)) throw;
    }
  }
}

}  // namespace

Config settle_config(const World& world) {
  if (world.working_folder.empty())
    throw Error(ErrorKind::configuration, {.id = "folder-unreadable",
                                           .message = "the working folder is not there any more",
                                           .next = "change into a folder that is"});
  return load_config(world.arguments.config, world.variables, world.working_folder);
}

ConnectOptions connect_options(const Config& config) {
  return {.application_name = fmt::format("migrator {}", program_version()),
          .timeout = config.connect_timeout.value,
          .defaults = config.libpq_defaults};
}

RunOptions run_options(const World& world, const Config& config) {
  return {.runner = {.run_id = make_run_id(), .application_host = world.host},
          .lock_wait = config.lock_wait.value,
          .lock_timeout = config.lock_timeout.value,
          .statement_timeout = config.statement_timeout.value,
          .transaction_timeout = config.transaction_timeout.value,
          .tries = config.retry_tries.value,
          .first_pause = config.retry_pause.value,
          .longest_pause = config.retry_longest_pause.value,
          .retry_budget = config.retry_budget.value,
          .reconnect = config.reconnect.value,
          .keep_going = world.arguments.keep_going,
          .jobs = world.arguments.jobs.value_or(1)};
}

LocalServerOptions local_server_options(const World& world, const Config& config) {
  const auto path = world.variables.find("PATH");
  return {.directory = config.embedded_dir.value,
          .bindir = config.embedded_bindir.value,
          .database = config.embedded_database.value,
          .search_path_variable = path == world.variables.end() ? "" : path->second};
}

LocalServer local_server(const World& world, const Config& config) {
  return LocalServer(local_server_options(world, config));
}

DatabaseUrl reachable_url(const World& world, const Config& config, Observer& progress) {
  const DatabaseUrl& url = require_url(config);
  if (!url.is_embedded()) {
    if (!config.before_connect.value.empty())
      progress.waiting("let in: " + allow_own_address(world, config));
    return url;
  }
  LocalServer server = local_server(world, config);
  const LocalServerStatus before = server.status();
  if (!before.running)
    progress.waiting(fmt::format("{} PostgreSQL {} in {}",
                                 before.initialized ? "starting" : "setting up", before.version,
                                 before.directory.string()));
  server.start();
  return server.url();
}

ProjectFolders folders_for(const World& world, const Config& config) {
  ProjectFolders folders = folders_of(config);
  folders.asked_at = std::chrono::system_clock::now();
  folders.allow_deletes = world.arguments.allow_delete;
  return folders;
}

std::chrono::milliseconds longest_wait(const World& world) {
  const std::string& text = world.arguments.timeout;
  if (const auto duration = parse_duration(text)) return *duration;
  throw Error(ErrorKind::usage, {.id = "usage",
                                 .message = fmt::format("\"{}\" is no duration", text),
                                 .next = "write it like 500ms, 60s, 5min or 1h"});
}

Connection wait_until_reachable(const World& world, const Config& config, const DatabaseUrl& url,
                                const ConnectOptions& options, Progress& progress,
                                const std::function<void()>& failed) {
  const auto limit = longest_wait(world);
  progress.waiting(config.url->value.is_embedded()
                       ? "waiting for the embedded PostgreSQL"
                       : fmt::format("waiting for {}", config.url->value.redacted()));
  std::string told;
  const auto tell = [&](const Finding& finding) {
    if (finding.message != told) progress.waiting("  " + finding.message);
    told = finding.message;
    if (failed) failed();
  };
  return wait_for_server(url, options, limit, tell, world.stop);
}

Workplace::Workplace(const World& world, Creation creation, ProjectFiles::Look look,
                     Arrival arrival)
    : config(settle_config(world)),
      files(folders_for(world, config), look),
      progress(world.terminal, world.verbosity()),
      url(reach(world, creation)),
      created(create_missing(url, config, creation, progress, world.stop)),
      options(run_options(world, config)),
      connection(connect(world, arrival)),
      table(config.schema.value, config.table.value),
      facts(facts_of(connection, config.url->value)) {
  require_supported(connection.server_version());
  settle(connection);
}

/// No server is started and no database made for files that cannot be read.
DatabaseUrl Workplace::reach(const World& world, Creation creation) {
  const bool makes_something =
      creation == Creation::if_missing || !config.url || config.url->value.is_embedded();
  if (makes_something) files.require_loadable();
  return reachable_url(world, config, progress);
}

/// Files may come and change meanwhile.
Connection Workplace::wait(const World& world) {
  bool has_failed = false;
  Connection session = wait_until_reachable(world, config, url, session_options(), progress, [&] {
    files.require_loadable();
    has_failed = true;
  });
  if (has_failed) files.look_again();
  return session;
}

/// Of two things that are wrong, the one that is nearer is told.
Connection Workplace::connect(const World& world, Arrival arrival) {
  try {
    if (arrival == Arrival::when_it_accepts) return wait(world);
    return Connection::open(url, session_options(), world.stop);
  } catch (const Error&) {
    files.require_loadable();
    throw;
  }
}

/// After a failover the server is another one than at the beginning.
Head Workplace::head(std::string_view command, int exit_code) const {
  return {std::string(command), config.environment.value,
          connection.is_alive() ? facts_of(connection, config.url->value) : facts, exit_code};
}

void Workplace::settle(Connection& session) const {
  session.set_patience(kPatience);
  session.show_queries(config.show_queries.value);
}

ConnectOptions Workplace::session_options() const {
  ConnectOptions named = connect_options(config);
  named.application_name = session_name(options.runner.run_id);
  return named;
}

RunSite Workplace::site(std::stop_token stop) {
  const auto watcher = [this](std::stop_token ended) {
    ConnectOptions looking = connect_options(config);
    looking.application_name += " (watching)";  // and of no run, which may be over
    Connection session = Connection::open(url, looking, std::move(ended));
    settle(session);
    return session;
  };
  const auto anew = [this](std::chrono::milliseconds limit, std::stop_token ended) {
    ConnectOptions again = session_options();
    again.timeout = std::min(again.timeout, limit);
    Connection session = Connection::open(url, again, std::move(ended));
    settle(session);
    return session;
  };
  return {.connection = connection,
          .table = table,
          .options = options,
          .observer = progress,
          .stop = std::move(stop),
          .connect_watcher = watcher,
          .connect_anew = anew};
}

}  // namespace migrator
