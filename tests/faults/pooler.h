// A real PgBouncer before the tests' server, in a folder of its own, listening on a Unix socket;
// ended with the object. As root it runs as the user that the server runs as, since it refuses root
// too. Without the program PgBouncer the test fails. Its settings are its own defaults where
// nothing speaks against it, so that migrator has to do without any help.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "engine/project/database_url.h"
#include "tests/support/shell.h"

namespace migrator {

enum class PoolMode { session, transaction };

class Pooler {
 public:
  /// Returns when it accepts. At most `pool_size` sessions with the server for each database.
  explicit Pooler(PoolMode mode, int pool_size = 20);
  ~Pooler();
  Pooler(const Pooler&) = delete;
  Pooler& operator=(const Pooler&) = delete;

  /// Of the database "pgbouncer": its console, for `psql -c 'show pools'` while a test stands
  /// still.
  DatabaseUrl url(std::string_view database) const;
  std::filesystem::path socket() const;

  /// From here on it accepts nothing and answers nobody, cancel requests included.
  void fall_silent() const;

 private:
  void stop();

  ScenarioFolder folder_;
  pid_t pid_ = 0;
};

/// How a migrator gets to the server.
enum class Way { directly, session_pooler, transaction_pooler };

std::string name_of(Way way);
void PrintTo(Way way, std::ostream* out);  ///< for GoogleTest

class WayToServer {
 public:
  /// In transaction mode fewer sessions than migrators, which have to share them.
  explicit WayToServer(Way way);
  DatabaseUrl url(const std::string& database) const;
  std::filesystem::path socket() const;

 private:
  std::optional<Pooler> pooler_;
};

}  // namespace migrator
