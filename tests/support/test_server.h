// The PostgreSQL server that all database tests share, also between processes: a LocalServer under
// the system's folder for temporary files, one for each build folder and server version. Whoever
// needs it first starts it; ctest's fixtures (tests/tools/test_server_main.cpp) start and stop it.
// No server is an error, never a reason to skip. MIGRATOR_TEST_BINDIR chooses other binaries.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/pg/connection.h"
#include "engine/pg/local_server.h"

namespace migrator {

/// Where the binaries come from and what tests want of a server; `directory` is left to the caller.
LocalServerOptions test_server_options();

class TestServer {
 public:
  TestServer();  ///< does not start it

  /// Throws with the reason and the server's log when it cannot be started.
  void start();
  /// Stops it and removes its folder.
  void stop();

  DatabaseUrl url(std::string_view database = "postgres") const;
  LocalServerStatus status() const { return server_.status(); }

 private:
  LocalServer server_;
};

/// Started when it is asked for first.
TestServer& test_server();

/// A database of its own for one test, dropped at the end whoever is still connected.
class TestDatabase {
 public:
  TestDatabase();
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const std::string& name() const { return name_; }
  DatabaseUrl url() const { return test_server().url(name_); }
  Connection connect(const std::string& application_name = "test") const;

 private:
  std::string name_;
};

/// A folder for a private LocalServer, removed at the end together with the server in it. Unlike a
/// TempFolder it can be entered by the user whom a server runs as when the tests run as root.
class ServerFolder {
 public:
  enum class Content { nothing, data_folder };
  /// With `data_folder` its server is a copy, which is quicker than initdb.
  explicit ServerFolder(Content content = Content::data_folder);
  ~ServerFolder();
  ServerFolder(const ServerFolder&) = delete;
  ServerFolder& operator=(const ServerFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Options for a server in `path() / "data"`.
  LocalServerOptions options() const;

 private:
  std::filesystem::path path_;
};

}  // namespace migrator
