// The StepRunner runs one Step against the database with its history row: in one transaction where
// the statements allow it, else segment by segment with the journal advancing in each segment's
// transaction. It rolls back and tries again where the application held a lock. What it does not
// do: decide what to run (planner), take the migrators' lock (up, down), print (Observer).
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include "engine/base/error.h"
#include "engine/pg/connection.h"
#include "engine/pg/history_table.h"
#include "engine/plan/planner.h"
#include "engine/report/outcome.h"
#include "engine/run/observer.h"
#include "engine/run/progress_watch.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/outside_action.h"

namespace migrator {

struct RunOptions {
  Runner runner;
  std::chrono::milliseconds lock_wait = std::chrono::minutes(10);
  std::chrono::milliseconds lock_timeout = std::chrono::seconds(1);
  std::chrono::milliseconds statement_timeout{0};  ///< 0: none
  std::size_t tries = 30;                          ///< of a transaction that meets a lock
  std::chrono::milliseconds first_pause{500};      ///< at most, before the second try; doubles
  std::chrono::milliseconds retry_budget = std::chrono::minutes(10);
};

class StepRunner {
 public:
  StepRunner(Connection& connection, const HistoryTable& table, const RunOptions& options,
             Observer& observer, ProgressWatch& watch, std::stop_token stop)
      : connection_(connection),
        table_(table),
        options_(options),
        observer_(observer),
        watch_(watch),
        stop_(std::move(stop)) {}

  /// Throws Error whose finding says in `kept` what of this step was kept. Afterwards the session
  /// is as a new one would be: no setting, role or temporary table of the file is left.
  StepResult run(const Step& step);

  /// What the server said in the step that failed.
  std::vector<Finding> take_notices() { return std::move(result_.notices); }

 private:
  /// What a transaction is made of besides its statements.
  enum class Record { whole_step, journal };

  bool run_atomic(const Step& step);
  bool run_segments(const Step& step);
  bool run_transaction(const Step& step, const Segment& segment, Record record);
  bool try_transaction(const Step& step, const Segment& segment, Record record);
  void run_alone(const Step& step, const Segment& segment);
  void run_statements(const Step& step, const Segment& segment);
  Command take_next(const Step& step);
  void run_one(const Step& step, const Command& command);
  void run_outside(const Step& step, const Command& command);
  bool is_done_already(const Step& step, const Command& command, const OutsideAction& action);
  void tell(const Step& step, const Command& command, Finding finding);
  void go_to(const Step& step, std::size_t statement);
  void echo_rest();
  WatchedStatement watched(const Step& step, const Command& command) const;
  bool take_row(const Step& step);
  void record_done(const Step& step);
  void repeat_settings(const Step& step, std::size_t first);
  void limit_times(const Step& step);
  void wait_for_locks(const Step& step, const Segment& segment);
  void forget_prepared(const Step& step, const Segment& segment);
  void refuse_open_transaction(const Step& step);
  void record_failure(const Step& step, const Error& error);
  void leave_clean();
  void abandon_transaction();
  void pause_before_retry(const Error& error, std::size_t attempt);

  Connection& connection_;
  const HistoryTable& table_;
  const RunOptions& options_;
  Observer& observer_;
  ProgressWatch& watch_;
  std::stop_token stop_;
  StepResult result_ = {};
  std::optional<CommandReader> reader_ = std::nullopt;  ///< stands before statement next_
  std::size_t next_ = 0;
  std::size_t kept_ = 0;  ///< statements of the step that are kept for certain
  bool failed_alone_ =
      false;  ///< what failed ran outside a transaction, and may have left something
  bool is_unclear_ =
      false;  ///< the statement behind them may be done: it ran outside a transaction
};

}  // namespace migrator
