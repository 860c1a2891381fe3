// A PostgreSQL server of our own for the environment whose url is "embedded", and for tests: found
// binaries, a data folder made once, a Unix socket only. It outlives the process that started it.
// As root it runs the server as an ordinary user, since PostgreSQL refuses root.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/project/database_url.h"

namespace migrator {

struct LocalServerOptions {
  std::filesystem::path directory;                             ///< data folder; made once
  std::optional<std::filesystem::path> bindir = std::nullopt;  ///< else found
  std::string database = "app";                                ///< that url() names
  std::string search_path_variable = {};                       ///< PATH, to find the binaries
  bool durable = true;                                         ///< false: fsync off, for tests
};

struct LocalServerStatus {
  bool initialized = false;
  bool running = false;
  int pid = 0;
  std::string version;  ///< of the binaries: "15.18"
  std::filesystem::path bindir;
  std::filesystem::path directory;
  std::filesystem::path socket_directory;
};

class LocalServer {
 public:
  /// Finds the binaries: bindir, else PATH, `pg_config --bindir`, /usr/lib/postgresql/*/bin (the
  /// newest). Throws Error(configuration) that says where it looked and what to install.
  explicit LocalServer(LocalServerOptions options);

  LocalServerStatus status() const;

  /// Makes the data folder if there is none, starts the server if it does not run, waits until it
  /// accepts. True when it had to be started. A pid file left by a crash is recognised as such.
  /// Throws Error(connection) with the end of the server's log.
  bool start(std::chrono::milliseconds limit = std::chrono::seconds(60));

  /// Stops it ("fast"). False when it did not run.
  bool stop();

  /// For clients: postgres:///app?host=FOLDER&port=5432&user=postgres.
  DatabaseUrl url() const;

 private:
  LocalServerOptions options_;
  std::filesystem::path bindir_;
  std::string version_;
};

}  // namespace migrator
