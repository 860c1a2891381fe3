// `up`, `seed`, `setup`: brings a database to what the project says. Looks first without a lock and
// leaves when there is nothing to do; takes the migrators' lock, looks and plans again under it
// (the plan that counts), then runs each step with its history row.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>

#include "engine/pg/connection.h"
#include "engine/pg/history_table.h"
#include "engine/plan/planner.h"
#include "engine/project/project_files.h"
#include "engine/report/outcome.h"
#include "engine/run/observer.h"
#include "engine/run/progress_watch.h"
#include "engine/run/statement_witness.h"
#include "engine/run/step_runner.h"

namespace migrator {

/// What every run needs; references must outlive the call.
struct RunSite {
  Connection& connection;
  const HistoryTable& table;
  const RunOptions& options;
  Observer& observer;
  std::stop_token stop;
  /// A second session, for looking on while a statement takes long; may be empty.
  std::function<Connection(std::stop_token)> connect_watcher = {};
  /// A session in place of a lost one, in not much more than that time; empty: the run ends then.
  std::function<Connection(std::chrono::milliseconds, std::stop_token)> connect_anew = {};
  /// Looks on at each statement; may be null.
  const StatementWitness* witness = nullptr;
};

/// Never throws for a step that fails: the report's `error` says so, beside what was done before.
/// Throws Error when nothing could begin (no lock, a read-only server, a foreign history table).
RunReport up(const RunSite& site, const Project& project, const UpTarget& target);
/// The same for files that are glanced at first: when the history is what the glance expects, one
/// query is all there is to it.
RunReport up(const RunSite& site, ProjectFiles& files, const UpTarget& target);

/// Undoes, newest first.
RunReport down(const RunSite& site, const Project& project, const DownTarget& target);

/// Undoes the newest `steps` migrations and applies them again.
RunReport redo(const RunSite& site, const Project& project, std::size_t steps, OrderPolicy order);

}  // namespace migrator
