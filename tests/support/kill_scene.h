// A project and a database of its own in which the real migrator is run, stopped at an exact point
// and killed there. A point is a lock that the test holds and the migrator's statement that waits
// for it, so that nothing depends on time. What it is not: a fixture; a test may have several.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/pg/history_table.h"
#include "tests/support/migrator_process.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_server.h"

namespace migrator {

class KillScene {
 public:
  /// Runs `base`, which is no migration, and makes the history table with its gates: a write of the
  /// row waits for the advisory lock 100 + statements_done, and its commit for that of 200 + them;
  /// 1000 more where the state becomes "applied".
  explicit KillScene(std::string base);
  /// As it was made, but for the files: a database of one's own is dearer.
  void begin_anew();

  /// A migration.
  void write(std::string_view name, std::string_view text) const;
  MigratorProcess start(std::vector<std::string> arguments) const;
  /// Runs it to its end.
  ShellResult run(std::vector<std::string> arguments) const;

  /// Opens a transaction that runs `sql` and stays until let_go.
  void hold(std::string_view sql);
  void let_go();
  /// The server's process of the migrator, as soon as it waits for that transaction in a statement
  /// that is LIKE this; 0, and the test fails, when that does not come about.
  int wait_for(std::string_view statement);
  /// Ends server processes, and waits until they are gone.
  void terminate(int pid);
  void terminate_all_migrators();
  bool is_there(int pid);

  void sql(std::string_view text);
  /// The first field, "NULL" for null, "" for no row.
  std::string value(std::string_view query);
  /// Its fingerprint.
  std::string state();

 private:
  std::string base_;
  TempFolder folder_;
  TestDatabase database_;
  Connection eye_;
  Connection holder_;
};

/// A point where a migrator can be stopped.
struct KillPoint {
  std::string_view name;
  std::string_view holding;    ///< what the test does to stop it there
  std::string_view statement;  ///< LIKE the one that waits then
  /// What the next run has to say of it, when the statement went on without its client, ...
  std::string_view when_finished = "";
  /// ... and when it was broken off.
  std::string_view when_broken = "";
};

enum class ServerProcess { goes_on, is_ended };

/// Kills `migrator COMMAND` at the point, and lets its server process go on or ends it too. Returns
/// what the same command brings then; in the first case it is started while the old server process
/// is still at work.
ShellResult run_killed_at(KillScene& scene, const KillPoint& point, ServerProcess server,
                          const std::vector<std::string>& command = {"up"});

/// Kills `migrator COMMAND` at each of the points, each time anew, and demands that the next run
/// succeeds and brings the database to where an undisturbed one does. `before` runs before the
/// command, where that needs something to be done.
void expect_same_end(KillScene& scene, const std::vector<KillPoint>& points,
                     const std::vector<std::string>& command = {"up"},
                     const std::vector<std::string>& before = {});

}  // namespace migrator
