// The PostgreSQL server that all database tests share, also between processes: a LocalServer in
// memory where there is room, else under the system's folder for temporary files, one for each
// build folder and server version. Whoever needs it first starts it; ctest's fixtures
// (tests/tools/test_server_main.cpp) start and stop it. No server is an error, never a reason to
// skip. MIGRATOR_TEST_BINDIR chooses other binaries.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/pg/connection.h"
#include "engine/pg/local_server.h"

namespace migrator {

/// Where the binaries come from and what tests want of a server; `directory` is left to the caller.
LocalServerOptions test_server_options();

class TestServer {
 public:
  /// Starts it where it does not run. Throws with the reason and the server's log when it cannot be
  /// started.
  static TestServer start();
  /// What `start` left word of, if its server runs: without asking PostgreSQL's programs.
  static std::optional<TestServer> find();
  /// Stops it, and servers that killed tests left behind, and removes its folder.
  static void stop();

  DatabaseUrl url(std::string_view database = "postgres") const;
  const std::filesystem::path& directory() const { return directory_; }
  std::filesystem::path socket_directory() const;
  /// Are its files in memory?
  bool is_in_memory() const;

 private:
  TestServer(std::filesystem::path directory, DatabaseUrl url)
      : directory_(std::move(directory)), url_(std::move(url)) {}

  std::filesystem::path directory_;
  DatabaseUrl url_;
};

/// Started when it is asked for first.
const TestServer& test_server();

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
  Connection maintenance_;
};

/// A folder for a private LocalServer beside the shared one, removed at the end together with the
/// server in it. Unlike a TempFolder it can be entered by the user whom a server runs as when the
/// tests run as root.
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
