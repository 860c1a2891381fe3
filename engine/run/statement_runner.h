// The StatementRunner goes through the statements of a Step in their order and sends them, one by
// one: what \echo prints on the way, notices, progress, and what has to be healed or examined
// around a statement that runs outside a transaction. It knows where it stands and can go back.
// What it does not do: transactions, the journal, the history row, second tries (StepRunner).
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/finding.h"
#include "engine/pg/connection.h"
#include "engine/pg/script.h"
#include "engine/plan/planner.h"
#include "engine/run/explain_rows.h"
#include "engine/run/observer.h"
#include "engine/run/progress_watch.h"
#include "engine/run/statement_witness.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/outside_action.h"

namespace migrator {

class StatementRunner {
 public:
  /// `lock_wait`: how long to wait for other sessions that are at work on the same index; of a file
  /// of data, `keep_going` collects bad rows.
  StatementRunner(Connection& connection, Observer& observer, ProgressWatch& watch,
                  std::chrono::milliseconds lock_wait, bool keep_going, std::stop_token stop)
      : connection_(connection),
        observer_(observer),
        watch_(watch),
        lock_wait_(lock_wait),
        keep_going_(keep_going),
        stop_(std::move(stop)) {}

  void be_watched_by(const StatementWitness* witness) { witness_ = witness; }

  /// Begins a step, at its first statement that is left to do.
  void open(const Step& step);

  /// How long a statement waits for a lock from now on, so that it can be seen who has it; 0: as
  /// long as it takes.
  void give_up_locks_after(std::chrono::milliseconds time) { lock_timeout_ = time; }

  /// The number of the statement that comes next, from 0.
  std::size_t next() const { return next_; }

  /// How it runs when it is by itself; nothing is printed and nothing passed.
  Lone next_lone() const;
  /// Whether it is a COMMIT or END.
  bool next_commits() const;

  /// Whether all that is before `end`, and at least one, is ALTER TABLE ... VALIDATE CONSTRAINT.
  bool only_validates_before(std::size_t end) const;

  /// Passes over what is not run: done before, or the file's own BEGIN.
  void go_to(std::size_t statement);

  /// Runs the next one in the transaction that is open, if any. Throws as run_statement.
  CommandResult run_next();

  /// Runs the next one outside any transaction, unless it turns out to be done: what an earlier try
  /// left half made is healed before, and what it made is looked at behind. Throws also as
  /// heal_before and check_after, and Error(migration, "in-doubt").
  void run_next_outside();

  /// What was found wrong behind the last statement, with the rows of a seed of data that are to
  /// blame. Throws as explained.
  Error explained_behind(const Error& error) const;

  /// Something to say of the step.
  void tell(Finding finding);

  /// Prints what \echo says behind the last statement.
  void echo_rest();

  struct Bookmark {
    CommandReader reader;
    std::size_t next;
    std::size_t statements;
    std::size_t notices;
  };
  Bookmark bookmark() const { return {*reader_, next_, statements_, notices_.size()}; }
  /// As if nothing had been run since.
  void go_back_to(const Bookmark& bookmark);

  /// Deallocates what the statements before `end` prepared: a rollback leaves it, and the next try
  /// would meet it.
  void forget_prepared(std::size_t end);

  bool has_sent() const { return has_sent_; }  ///< any statement of this step, well or not
  /// What failed outside a transaction leaves nothing that could not be healed.
  bool can_try_again() const { return can_try_again_; }
  /// What failed outside a transaction may have kept a part of its work.
  bool is_half_done() const { return is_half_done_; }
  std::size_t statements() const { return statements_; }  ///< that were run, of this step
  /// What a seed of data did to its table.
  const std::optional<RowChanges>& rows() const { return rows_; }
  std::vector<Finding> take_notices() { return std::exchange(notices_, {}); }

 private:
  std::optional<Command> peek() const;
  Command take();
  CommandResult send(const Command& command);
  /// `as_failed` is told when it fails.
  CommandResult run(const Command& command, const FailedCommand& as_failed);
  bool take_note(const Notice& notice);
  void mark_begin_of_rows();
  bool is_done_already(const Command& command, const OutsideAction& action);
  void refuse_to_guess(const std::string& detail) const;
  void tell(const Command& command, Finding finding);
  /// Without the values of variables that the server quotes.
  Error veiled(const Error& error) const;
  WatchedStatement watched(const Command& command) const;
  const Part& part() const { return *step_->part; }

  Connection& connection_;
  Observer& observer_;
  ProgressWatch& watch_;
  std::chrono::milliseconds lock_wait_;
  bool keep_going_;
  std::chrono::milliseconds lock_timeout_{0};
  std::stop_token stop_;
  const StatementWitness* witness_ = nullptr;
  const Step* step_ = nullptr;
  std::optional<CommandReader> reader_ = std::nullopt;  ///< stands before statement next_
  std::size_t next_ = 0;
  std::size_t statements_ = 0;
  bool has_sent_ = false;
  bool is_half_done_ = false;
  bool can_try_again_ = false;
  bool failed_here_ = false;  ///< the next statement, when it was tried just now
  std::vector<Finding> notices_ = {};
  Veil veil_ = {};  ///< over the variables of the step
  std::optional<RowChanges> rows_ = std::nullopt;
  std::string into_ = {};  ///< the table that takes the rows of a seed of data at once
};

}  // namespace migrator
