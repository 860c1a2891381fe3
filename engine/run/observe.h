// Runs new migrations on a scratch database and records what each of their statements really does:
// everything before them is applied as `up` would, with the seeds; tables that are empty then get a
// few rows; and then the new files run, one after the other, as `up` runs them, with a Recorder
// beside each statement. Judges nothing: that is the linter's.
#pragma once

#include <functional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/finding.h"
#include "engine/lint/linter.h"
#include "engine/lint/observation.h"
#include "engine/pg/connection.h"
#include "engine/pg/history_table.h"
#include "engine/project/project.h"
#include "engine/run/observer.h"
#include "engine/run/run_options.h"

namespace migrator {

/// Where it runs; references must outlive the call.
struct ObserveSite {
  /// A session in a database that holds nothing and is thrown away.
  std::function<Connection(std::stop_token)> open;
  const HistoryTable& table;
  ObjectName history;  ///< the name of that table
  const RunOptions& options;
  Observer& observer;
  /// The server is thrown away too: what is about all of it may be run.
  bool own_server = false;
  std::stop_token stop = {};
};

/// `options` says what is new, and whether that is one deployment (engine/lint/linter.h).
/// `findings` get what went wrong: a statement that failed, with what was not run behind it; seeds
/// and tables that could not be filled. Throws Error(connection), and "cancelled".
ObservedRun observe(const ObserveSite& site, const Project& project, const LintOptions& options,
                    std::vector<Finding>& findings);

}  // namespace migrator
