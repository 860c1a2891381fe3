// The history row of the step that runs: taken before its first statement, finished with its last,
// and written when it failed. Which transaction that is in is the StepRunner's business.
#pragma once

#include <chrono>

#include "engine/base/error.h"
#include "engine/pg/connection.h"
#include "engine/pg/history_table.h"
#include "engine/plan/planner.h"
#include "engine/run/progress_watch.h"
#include "engine/run/run_options.h"

namespace migrator {

class StepRow {
 public:
  StepRow(Connection& connection, const HistoryTable& table, const RunOptions& options,
          ProgressWatch& watch)
      : connection_(connection), table_(table), options_(options), watch_(watch) {}

  /// Waits for a transaction that is about to write it. False when nothing is left to do. Throws
  /// Error(lock, "overtaken") when another run has it, "lock-timeout" when it cannot be had.
  bool take(const Step& step);

  /// Of a file of several segments behind a pooler: for how long it says that we live.
  Lease lease() const;
  /// Throws Error(migration, "taken-over") when another run has the row.
  void renew(const Step& step);

  void advance(const Step& step, std::size_t statements_done);
  std::chrono::microseconds finish(const Step& step);

  /// What is kept of a step that failed: nothing of it at all, or who knows how much. Throws
  /// nothing: what failed first is what has to be told.
  void note_failure(const Step& step, bool kept_nothing) noexcept;

 private:
  Connection& connection_;
  const HistoryTable& table_;
  const RunOptions& options_;
  ProgressWatch& watch_;
};

}  // namespace migrator
