#include "engine/run/step_runner.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/pg/predecessor.h"
#include "engine/pg/quote.h"
#include "engine/pg/script.h"
#include "engine/plan/resume.h"
#include "engine/run/file_session.h"
#include "engine/run/retries.h"
#include "engine/run/step_words.h"

namespace migrator {
namespace {

constexpr int kTransactionTimeout = 170000;
constexpr std::string_view kDeferredConstraints = "checking deferred constraints";

}  // namespace

StepResult StepRunner::run(const Step& step) {
  begin(step);
  try {
    const bool ran = step.atomic() ? run_atomic(step) : run_segments(step);
    if (!ran) result_.outcome = StepOutcome::already_done;
    if (ran) statements_.echo_rest();
  } catch (const Error& error) {
    Finding finding = error.finding();
    const bool lost = error.kind() == ErrorKind::connection;
    finding.kept = what_was_kept(step, kept_, lost && (is_committing_ || failed_alone_));
    finding.next = what_next(step, error, kept_);
    if (statements_.is_half_done()) add_doubt(finding, step, kept_);
    leave_clean();
    if (!finding.place) finding.place = Place{.file = step.part->file, .source_line = {}};
    throw Error(error.kind(), finding);
  }
  return take_result();
}

StepResult StepRunner::run_inside(const Step& step) {
  begin(step);
  if (!take_row(step)) {
    result_.outcome = StepOutcome::already_done;
    return take_result();
  }
  limit_times(step);
  if (!step.segments.empty()) run_statements(step, step.segments.front());
  {
    const ProgressWatch::Watching watching(watch_,
                                           {.file = step.part->file, .sql = kDeferredConstraints});
    check_deferred_by_name(connection_);
  }
  reset_settings(connection_);
  record_done(step);
  reset_session(connection_);
  statements_.echo_rest();
  return take_result();
}

void StepRunner::begin(const Step& step) {
  result_ = {
      .action = step.action,
      .kind = step.kind,
      .id = step.id,
      .name = step.name,
      .file = step.part->file,
      .outcome = step.action == StepAction::undo ? StepOutcome::undone : StepOutcome::applied};
  kept_ = step.first_statement;
  is_unclear_ = failed_alone_ = is_committing_ = false;
  statements_.open(step);
}

StepResult StepRunner::take_result() {
  result_.statements = statements_.statements();
  result_.notices = statements_.take_notices();
  return std::move(result_);
}

bool StepRunner::run_atomic(const Step& step) {
  const Segment segment = step.segments.empty() ? Segment{} : step.segments.front();
  return run_transaction(step, segment, Record::whole_step);
}

bool StepRunner::run_segments(const Step& step) {
  if (!take_row(step)) return false;
  try {
    // Once, so that what the file sets itself holds through all of its segments.
    limit_times(step);
    repeat_settings(step);
    for (const Segment& segment : step.segments) {
      if (segment.transactional)
        run_transaction(step, segment, Record::journal);
      else
        run_alone(step, segment);
    }
    refuse_open_transaction(step);
    reset_session(connection_);
    record_done(step);
  } catch (const Error& error) {
    record_failure(step, error);
    throw;
  }
  return true;
}

bool StepRunner::run_transaction(const Step& step, const Segment& segment, Record record) {
  Retries retries(options_, observer_, stop_, result_.file);
  const StatementRunner::Bookmark bookmark = statements_.bookmark();
  if (record == Record::journal) wait_for_locks(step, LockWait::limited);
  for (;;) {
    try {
      return try_transaction(step, segment, record);
    } catch (const Error& error) {
      abandon_transaction();
      retries.pause_after(error, watch_.blockers());
    }
    ++result_.retries;
    statements_.go_back_to(bookmark);
    // What outlives a rollback (a prepared statement) would meet itself again.
    if (record == Record::whole_step)
      reset_session(connection_);
    else
      statements_.forget_prepared(segment.first + segment.count);
  }
}

bool StepRunner::try_transaction(const Step& step, const Segment& segment, Record record) {
  is_committing_ = failed_alone_ = false;
  run_command(connection_, "BEGIN");
  const bool whole = record == Record::whole_step;
  if (whole && !take_row(step)) {
    run_command(connection_, "ROLLBACK");
    return false;
  }
  if (whole) {
    limit_times(step);
    repeat_settings(step);
  }
  run_statements(step, segment);
  check_constraints(step);
  if (whole) {
    reset_settings(connection_);
    record_done(step);
  } else {
    act_as_ourselves(connection_);
    table_.advance(connection_, step, segment.first + segment.count, options_.runner);
  }
  {
    const ProgressWatch::Watching watching(watch_, {.file = step.part->file, .sql = "COMMIT"});
    is_committing_ = true;
    commit(connection_, stop_);
    is_committing_ = false;
  }
  kept_ = segment.first + segment.count;
  if (whole) reset_session(connection_);
  return true;
}

/// One by one, each with the journal in its own transaction where it surely may be in one.
void StepRunner::run_alone(const Step& step, const Segment& segment) {
  statements_.go_to(segment.first);
  const std::size_t end = segment.first + segment.count;
  while (statements_.next() < end) {
    if (connection_.in_transaction()) {
      run_in_own_transaction(step);
      continue;
    }
    const Lone how = statements_.next_lone();
    if (how == Lone::in_transaction)
      run_transaction(step, {.first = statements_.next(), .count = 1}, Record::journal);
    else
      run_outside(step, how);
  }
}

/// Inside a transaction that the file began itself (`transaction off`), nothing is kept before its
/// end; with its COMMIT the journal advances.
void StepRunner::run_in_own_transaction(const Step& step) {
  failed_alone_ = false;
  if (!statements_.next_commits()) {
    statements_.run_next();
    // Ended in another way: by ROLLBACK, PREPARE TRANSACTION, what \gexec made.
    if (!connection_.in_transaction()) keep_journal(step);
    return;
  }
  check_constraints(step);
  // One that is read-only has nothing to keep, and takes no journal.
  const bool writes = !is_read_only(connection_);
  if (writes) {
    act_as_ourselves(connection_);
    table_.advance(connection_, step, statements_.next() + 1, options_.runner);
  }
  is_committing_ = true;
  if (statements_.run_next().tag != "COMMIT") throw_not_committed();
  is_committing_ = false;
  kept_ = statements_.next();
  if (!writes) keep_journal(step);
}

void StepRunner::run_outside(const Step& step, Lone how) {
  wait_for_locks(step, how == Lone::control ? LockWait::limited : LockWait::unlimited);
  failed_alone_ = true;
  statements_.run_next_outside();
  if (connection_.in_transaction()) return;  // it was the file's own BEGIN
  keep_journal(step);
}

/// In a transaction of its own, behind what ran outside of it.
void StepRunner::keep_journal(const Step& step) {
  is_unclear_ = true;
  write_as_ourselves(
      connection_, [&] { table_.advance(connection_, step, statements_.next(), options_.runner); });
  is_unclear_ = false;
  kept_ = statements_.next();
}

void StepRunner::run_statements(const Step& step, const Segment& segment) {
  failed_alone_ = false;
  statements_.go_to(segment.first);
  while (statements_.next() < segment.first + segment.count) {
    statements_.run_next();
    if (connection_.in_transaction()) continue;
    throw Error(ErrorKind::migration,
                {.id = "transaction-ended",
                 .message = "a statement ended the transaction that migrator had opened",
                 .place = Place{.file = step.part->file},
                 .next = "put \"-- migrator: transaction off\" at the top of the file, and look "
                         "at what it has done already"});
  }
}

/// Another transaction may be about to write it.
bool StepRunner::take_row(const Step& step) {
  const ProgressWatch::Watching watching(
      watch_, {.file = step.part->file, .sql = "its row in the history table"});
  return step.action == StepAction::undo ? table_.begin_undo(connection_, step, options_.runner)
                                         : table_.begin(connection_, step, options_.runner);
}

void StepRunner::record_done(const Step& step) {
  refuse_changed(*step.part);
  if (step.action == StepAction::undo)
    result_.duration = table_.finish_undo(connection_, step);
  else
    result_.duration = table_.finish(connection_, step, options_.runner);
}

void StepRunner::repeat_settings(const Step& step) {
  for (const Command& command : settings_before(*step.part, step.first_statement))
    run_statement(connection_, *step.part, command, stop_);
}

void StepRunner::limit_times(const Step& step) {
  const Directives& directives = step.part->directives;
  const std::string_view scope = connection_.in_transaction() ? "LOCAL" : "SESSION";
  const auto lock_timeout = directives.lock_timeout.value_or(options_.lock_timeout);
  std::string settings = fmt::format(
      "SET {0} lock_timeout = {1}; SET {0} statement_timeout = {2}", scope, lock_timeout.count(),
      directives.statement_timeout.value_or(options_.statement_timeout).count());
  const auto transaction = directives.transaction_timeout.value_or(options_.transaction_timeout);
  if (transaction.count() > 0 && connection_.server_version() >= kTransactionTimeout)
    settings += fmt::format("; SET {} transaction_timeout = {}", scope, transaction.count());
  else if (transaction.count() > 0)
    statements_.tell({.severity = Severity::warning,
                      .id = "timeout-unsupported",
                      .message = "transaction_timeout is not there before PostgreSQL 17: this runs "
                                 "without it",
                      .place = Place{.file = step.part->file}});
  // Whoever waits for us, or looks at the server, sees by it what is being done.
  if (is_named_)
    settings += fmt::format("; SET {} application_name = {}", scope,
                            quote_literal(session_name(options_.runner.run_id, step.part->file)));
  run_command(connection_, settings);
  lock_wait_ = LockWait::limited;
  statements_.give_up_locks_after(lock_timeout);
}

/// A statement that runs alone waits for old snapshots as well; a limit would only leave an invalid
/// index behind. A limit that the file set itself stays.
void StepRunner::wait_for_locks(const Step& step, LockWait wait) {
  if (step.part->directives.lock_timeout || wait == lock_wait_) return;
  const auto ours = options_.lock_timeout;
  const bool limited = wait == LockWait::limited;
  run_command(connection_, fmt::format("SELECT pg_catalog.set_config('lock_timeout', '{}', false) "
                                       "FROM pg_catalog.pg_settings WHERE name = 'lock_timeout' "
                                       "AND setting = '{}'",
                                       limited ? ours.count() : 0, limited ? 0 : ours.count()));
  lock_wait_ = wait;
  statements_.give_up_locks_after(limited ? ours : std::chrono::milliseconds(0));
}

void StepRunner::check_constraints(const Step& step) {
  const ProgressWatch::Watching watching(watch_,
                                         {.file = step.part->file, .sql = kDeferredConstraints});
  check_deferred(connection_);
}

void StepRunner::refuse_open_transaction(const Step& step) {
  if (!connection_.in_transaction()) return;
  throw Error(ErrorKind::migration,
              {.id = "transaction-open",
               .message = "the file ends inside a transaction that it began itself",
               .place = place_of(step.part->source(), last_line_of(*step.part)),
               .next = "end it with COMMIT"});
}

void StepRunner::record_failure(const Step& step, const Error& error) {
  // The row says "started" as long as nobody knows: the next run asks instead of guessing.
  const bool still_in_doubt = step.in_flight && !statements_.has_sent();
  const bool in_doubt = is_unclear_ || still_in_doubt || statements_.is_half_done();
  leave_clean();
  if (error.kind() == ErrorKind::connection || in_doubt) return;
  const bool may_have_left_something = !connection_.is_alive() || failed_alone_;
  try {
    // As if it had not begun; but a row that was there before is not to be lost, and a half-done
    // file stays one that is being undone.
    const bool is_ours = step.action == StepAction::apply ? !step.previous_run : !step.of_half_done;
    if (kept_ == 0 && !may_have_left_something && is_ours)
      table_.withdraw(connection_, step, options_.runner);
    else
      table_.fail(connection_, step, options_.runner);
  } catch (const Error&) {
    // What failed first is what has to be told; the row stays as it was written last.
  }
}

void StepRunner::leave_clean() {
  try {
    abandon_transaction();
    if (connection_.is_alive()) reset_session(connection_);
  } catch (const Error&) {
    // As above; a session that cannot be reset is of no more use to anybody.
  }
}

void StepRunner::abandon_transaction() {
  connection_.on_notice({});
  if (!connection_.is_alive()) return;
  if (connection_.in_transaction()) run_command(connection_, "ROLLBACK");
}

}  // namespace migrator
