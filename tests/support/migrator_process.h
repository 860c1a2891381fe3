// The real migrator in a process of its own, which a test may kill while it runs. Both of its
// outputs go into a file, which can be read meanwhile. What it does not do: keep the scenarios'
// transcripts (tests/support/shell.h runs those).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/project/database_url.h"
#include "tests/support/shell.h"
#include "tests/support/temp_folder.h"

namespace migrator {

/// What a migrator of the tests gets of the environment, as "NAME=value": the database, the way to
/// the binary, and what sanitizers want to know.
std::vector<std::string> environment_for(const std::filesystem::path& folder,
                                         const DatabaseUrl& url);

class MigratorProcess {
 public:
  /// Starts in `folder`, and returns at once.
  MigratorProcess(std::vector<std::string> arguments, const std::filesystem::path& folder,
                  const DatabaseUrl& url);
  ~MigratorProcess();  ///< kills it if it still runs
  MigratorProcess(const MigratorProcess&) = delete;
  MigratorProcess& operator=(const MigratorProcess&) = delete;

  /// kill -9. Its server process is none the wiser. Does no harm when it has ended by itself.
  void kill();
  /// Sends a signal that it may handle.
  void signal(int number) const;
  /// Waits for its end. Fails the test when that takes too long, or when a signal ended it.
  ShellResult wait(std::chrono::milliseconds limit = std::chrono::seconds(10));
  /// What it has printed so far.
  std::string output() const;

 private:
  TempFolder aside_;
  pid_t pid_ = 0;  ///< 0: it has ended, and was waited for
};

}  // namespace migrator
