// Records what one statement after the other does, on the session that runs them: before() and
// after() around each. What it tells is about what was there at begin(); what came since is
// nobody's yet. What runs outside a transaction is watched by a second session (LockWatch). It
// judges nothing and runs nothing of the user's.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lint/observation.h"
#include "engine/pg/connection.h"
#include "engine/pg/lock_watch.h"
#include "engine/pg/sight.h"

namespace migrator {

/// What the words of a statement tell of how its traces are to be read.
enum class Trace {
  rows,      ///< INSERT, COPY, UPDATE, ...: the planner scans as it likes, and the catalog stays
  utility,   ///< ALTER TABLE and the like: who scans reads all there is
  emptying,  ///< TRUNCATE: a new file holds nothing
  opaque,    ///< DO, CALL, SELECT: may do anything
  yielding,  ///< VACUUM, which takes a strong lock only where nobody is, and for as long
};
Trace trace_of(std::string_view sql);

class Recorder {
 public:
  /// `ignored`: the history table. `watcher`: a session of its own.
  Recorder(ObjectName ignored, Connection watcher)
      : ignored_(std::move(ignored)), watch_(std::move(watcher)) {}

  /// What is in the database now counts as there before.
  void begin(Connection& connection);

  void before(Connection& connection, Trace trace);
  /// Of the statement since before(). The place is the caller's.
  Observation after(Connection& connection);
  /// The same of one that failed: how long it took, and, outside a transaction, what it left.
  Observation failed(Connection& connection);

  /// The one that the last before() was in; another text for each.
  const std::string& transaction() const { return before_.transaction; }

  /// What the server says while a statement runs with client_min_messages = debug1 and lc_messages
  /// = C: which tables it passes through.
  void heard(const Notice& notice);

 private:
  void compare_locks(const SeenModes& modes, Observation& seen) const;
  void count_rows(Connection& connection, const Objects& now);
  void compare_counts(Observation& seen) const;
  Doings::Counts counts_of(const std::string& key) const;
  void note_rows(Observation& seen) const;
  void note_deletions(Connection& connection, const Objects& now, Observation& seen) const;
  bool went_elsewhere(const std::string& key) const;
  void compare_files(Connection& connection, const Objects& now, Observation& seen);
  bool has_old_rows(Connection& connection, const std::string& key) const;
  void note_invalid(const Objects& now, Observation& seen) const;
  void compare_objects(const Objects& now, Observation& seen);
  SeenModes taken_in_transaction() const;
  std::vector<std::string> tables_to_stand_in() const;
  const SightedObject* known(const std::string& key) const;
  SeenRelation relation_of(const SightedObject& object) const;
  bool heard_of(std::string_view what, const ObjectName& table) const;

  ObjectName ignored_;
  LockWatch watch_;
  Objects there_ = {};          ///< of what was there at begin(), what is still there, as it is now
  Objects objects_ = {};        ///< all, at the last look
  std::string looked_in_ = {};  ///< the transaction of that look
  Doings before_ = {};
  Doings after_ = {};
  Trace trace_ = Trace::utility;
  bool is_watching_ = false;
  std::map<std::string, std::uint64_t> rows_ = {};  ///< before what may do anything, and commits
  std::vector<std::string> heard_ = {};
  std::chrono::steady_clock::time_point since_ = {};
};

}  // namespace migrator
