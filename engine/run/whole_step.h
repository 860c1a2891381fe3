// What stands around the statements of a step that is one transaction, in a session that is ours:
// before them its row in the history, first of all, and the time limits; behind them what was
// deferred, the row again, COMMIT, and a session as new. One message each. What it does not do: the
// statements, rollback, second tries (StepRunner); anything behind a pooler.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <vector>

#include "engine/base/error.h"
#include "engine/pg/history_table.h"
#include "engine/pg/pipeline.h"
#include "engine/run/progress_watch.h"
#include "engine/run/run_options.h"
#include "engine/run/step_session.h"

namespace migrator {

struct Opening {
  std::vector<Query> queries = {};
  std::size_t row = 0;  ///< of HistoryTable::beginning
};

/// Waits for a transaction that is about to write the row.
Opening opening_of(const Step& step, const HistoryTable& table, const RunOptions& options,
                   const StepLimits& limits, LockWait wait);

struct Closing {
  std::vector<Query> queries = {};
  std::size_t deferred = 0;  ///< the check of deferred constraints
  std::size_t row = 0;       ///< of HistoryTable::finishing
  std::size_t commit = 0;
};

Closing closing_of(const Step& step, const HistoryTable& table, const RunOptions& options,
                   const Connection& connection);

/// What came of a closing.
struct Closed {
  /// Absent: not committed, or nobody knows.
  std::optional<std::chrono::microseconds> committed = std::nullopt;
  std::optional<Error> failure = std::nullopt;  ///< also of what stands behind COMMIT
};

class WholeStep {
 public:
  WholeStep(Connection& connection, const HistoryTable& table, const RunOptions& options,
            StepSession& session, ProgressWatch& watch, std::stop_token stop)
      : connection_(connection),
        table_(table),
        options_(options),
        session_(session),
        watch_(watch),
        stop_(std::move(stop)) {}

  /// False when nothing is left to do of it: the transaction is open, and empty. Throws Error(lock,
  /// "overtaken") when another run has the row, and Error as the server gives it.
  bool open(const Step& step, LockWait wait);

  Closed close(const Step& step);

 private:
  Connection& connection_;
  const HistoryTable& table_;
  const RunOptions& options_;
  StepSession& session_;
  ProgressWatch& watch_;
  std::stop_token stop_;
};

}  // namespace migrator
