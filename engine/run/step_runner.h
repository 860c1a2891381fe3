// The StepRunner runs one Step against the database with its history row: in one transaction where
// the statements allow it, else segment by segment with the journal advancing in each segment's
// transaction. It rolls back and tries again where the application held a lock. What it does not
// do: decide what to run (planner), take the migrators' lock (up, down), print (Observer).
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/error.h"
#include "engine/pg/connection.h"
#include "engine/pg/history_table.h"
#include "engine/plan/planner.h"
#include "engine/report/outcome.h"
#include "engine/run/heartbeat.h"
#include "engine/run/observer.h"
#include "engine/run/progress_watch.h"
#include "engine/run/run_options.h"
#include "engine/run/statement_runner.h"
#include "engine/run/step_row.h"
#include "engine/run/step_session.h"
#include "engine/run/turn.h"

namespace migrator {

class StepRunner {
 public:
  StepRunner(Connection& connection, const HistoryTable& table, const RunOptions& options,
             Observer& observer, ProgressWatch& watch, std::stop_token stop)
      : connection_(connection),
        table_(table),
        options_(options),
        observer_(observer),
        watch_(watch),
        stop_(std::move(stop)),
        statements_(connection, observer, watch, options.lock_wait, options.keep_going, stop_),
        session_(connection, options, statements_),
        row_(connection, table, options, watch),
        turn_(connection, table, options, observer, stop_) {}

  void be_watched_by(const StatementWitness* witness) { statements_.be_watched_by(witness); }

  /// The premise_of the history that the plan was made from.
  void expect(std::string premise) { turn_.expect(std::move(premise)); }

  /// BEGIN for a transaction that takes rows of the history; `what` is being run. Throws as
  /// Turn::begin.
  void begin_turn(std::string_view what);

  /// Throws Error whose finding says in `kept` what of this step was kept. Afterwards the session
  /// is as a new one would be: no setting, role or temporary table of the file is left.
  StepResult run(const Step& step);

  /// The same inside a transaction that is the caller's, with the history row; what the file set is
  /// undone behind it. Throws Error as it comes: the transaction is of no more use then.
  StepResult run_inside(const Step& step);

  /// Its statements alone, inside a transaction that is the caller's: a first pass, of which
  /// run_inside is the second. Throws as that.
  std::optional<RowChanges> run_ahead(const Step& step);
  /// Whether run_inside leaves deferred constraints to the end of the transaction.
  void let_constraints_wait(bool wait) { constraints_wait_ = wait; }

  /// Rolls back what is open, and leaves the session as a new one would be. Never throws.
  void leave_clean();

  /// What there is to tell of the step that failed, as if it had not.
  StepResult take_result();
  /// Whether it had its row when it failed: before that, nothing of it was tried.
  bool has_begun() const { return has_begun_; }
  std::vector<Finding> take_notices() { return statements_.take_notices(); }

 private:
  /// What a transaction is made of besides its statements.
  enum class Record { whole_step, journal };

  bool run_atomic(const Step& step);
  bool run_segments(const Step& step);
  bool run_transaction(const Step& step, const Segment& segment, Record record);
  bool try_transaction(const Step& step, const Segment& segment, Record record, LockWait wait);
  bool try_whole(const Step& step, const Segment& segment, LockWait wait);
  void run_alone(const Step& step, const Segment& segment);
  void run_in_own_transaction(const Step& step);
  void run_outside(const Step& step, Lone how);
  void try_outside(const Step& step, Lone how);
  void keep_journal(const Step& step);
  void run_statements(const Step& step, const Segment& segment);
  bool take_row(const Step& step);
  bool take_row_apart(const Step& step);
  void commit_history(const Step& step);
  void record_done_apart(const Step& step);
  bool is_pooled() const { return connection_.is_pooled(); }
  std::unique_ptr<Heartbeat> show_life(const Step& step) const;
  void record_done(const Step& step);
  using ConstraintCheck = void (*)(Connection&, const std::stop_token&);
  void check_constraints(const Step& step, ConstraintCheck check);
  void refuse_open_transaction(const Step& step);
  void record_failure(const Step& step, const Error& error);
  void begin(const Step& step);
  void abandon_transaction();
  /// Behind a pooler it is somebody else's as soon as the transaction is over.
  void leave_process() {
    if (is_pooled()) watch_.follow(0);
  }

  Connection& connection_;
  const HistoryTable& table_;
  const RunOptions& options_;
  Observer& observer_;
  ProgressWatch& watch_;
  std::stop_token stop_;
  StatementRunner statements_;
  StepSession session_;
  StepRow row_;
  Turn turn_;
  StepResult result_ = {};
  bool has_begun_ = false;
  bool constraints_wait_ = false;
  std::size_t kept_ = 0;  ///< statements of the step that are kept for certain
  /// What failed ran outside a transaction, and may have left something.
  bool failed_alone_ = false;
  bool is_committing_ = false;  ///< and has no answer yet
  /// The statement behind them may be done: it ran outside a transaction.
  bool is_unclear_ = false;
};

}  // namespace migrator
