// The project of the fault tests and a database for it, in which runs of the real migrator are
// disturbed and then compared with one that was not. Its files are of every kind: transactions,
// segments, CONCURRENTLY, COPY, a repeatable, seeds. Each leaves rows that show when it ran twice.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/pg/connection.h"
#include "tests/support/migrator_process.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_server.h"

namespace migrator {

/// More than any run needs on a busy machine, a lost connection included.
constexpr std::chrono::seconds kRunLimit{45};

class FaultScene {
 public:
  enum class Files { the_project, none };
  explicit FaultScene(Files files = Files::the_project);

  void write(std::string_view name, std::string_view text) const { folder_.write(name, text); }
  const std::filesystem::path& folder() const { return folder_.path(); }
  const std::string& database() const { return database_.name(); }
  DatabaseUrl url() const { return database_.url(); }
  Connection connect() const { return database_.connect(); }

  /// From here on there is no database, or one with nothing in it.
  void drop_database() const;
  void make_empty_database() const;

  MigratorProcess start(std::vector<std::string> arguments, const DatabaseUrl& url) const;
  ShellResult run(std::vector<std::string> arguments) const;

  /// What `migrator setup` leaves that nobody disturbs, in a new database.
  std::string undisturbed(const DatabaseUrl& url) const;
  std::string fingerprint() const;
  /// Runs `migrator setup`, and demands that it succeeds, that the database is as it has to be, and
  /// that no lock is left.
  void expect_end(const DatabaseUrl& url, const std::string& fingerprint) const;
  /// Waits until no session holds an advisory lock in the database; fails the test otherwise.
  void expect_no_lock() const;

 private:
  TempFolder folder_;
  TestDatabase database_;
};

/// The server's socket, for a proxy.
std::filesystem::path test_server_socket();

/// Ends all sessions of migrators in that database, or that make it; returns how many.
std::size_t terminate_migrators(const std::string& database);

}  // namespace migrator
