// From arguments to an open database: configuration, the embedded server where the environment says
// so, connection. Each command that needs one begins here.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "cmd/world.h"
#include "engine/pg/connection.h"
#include "engine/pg/history_table.h"
#include "engine/pg/local_server.h"
#include "engine/project/config.h"
#include "engine/project/project_files.h"
#include "engine/report/outcome.h"
#include "engine/run/up.h"

namespace migrator {

Config settle_config(const World& world);

/// The configured URL; for "embedded" that of the local server, which is started when it does not
/// run (`progress` is told).
DatabaseUrl reachable_url(const World& world, const Config& config, Observer& progress);

/// With what the command line asks of the files.
ProjectFolders folders_for(const World& world, const Config& config);

ConnectOptions connect_options(const Config& config);
LocalServerOptions local_server_options(const World& world, const Config& config);
LocalServer local_server(const World& world, const Config& config);
/// How a run goes about its work, with an id that no other has.
RunOptions run_options(const World& world, const Config& config);

/// --timeout. Throws Error(usage).
std::chrono::milliseconds longest_wait(const World& world);

/// Until the server accepts connections, with a line that says what it waits for. `failed` is
/// called after each attempt. Throws as wait_for_server.
Connection wait_until_reachable(const World& world, const Config& config, const DatabaseUrl& url,
                                const ConnectOptions& options, Progress& progress,
                                const std::function<void()>& failed = {});

/// May a missing database be made?
enum class Creation { never, if_missing };

/// Is a server that does not accept connections yet waited for?
enum class Arrival { at_once, when_it_accepts };

/// An open database with everything that a command wants beside it.
struct Workplace {
  /// Throws Error when any of it fails.
  Workplace(const World& world, Creation creation,
            ProjectFiles::Look look = ProjectFiles::Look::whole,
            Arrival arrival = Arrival::at_once);

  Config config;
  ProjectFiles files;  ///< being read while it connects
  Progress progress;
  DatabaseUrl url;
  bool created;  ///< the database was missing and was made
  RunOptions options;
  Connection connection;
  HistoryTable table;

  DatabaseFacts facts;  ///< at the beginning

  RunSite site(std::stop_token stop);
  /// Of the sessions of this run.
  ConnectOptions session_options() const;
  void settle(Connection& session) const;

  /// What every report begins with.
  Head head(std::string_view command, int exit_code) const;

 private:
  DatabaseUrl reach(const World& world, Creation creation);
  Connection connect(const World& world, Arrival arrival);
  Connection wait(const World& world);
};

}  // namespace migrator
