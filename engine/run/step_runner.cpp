#include "engine/run/step_runner.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/pg/pooler.h"
#include "engine/pg/script.h"
#include "engine/run/file_session.h"
#include "engine/run/retries.h"
#include "engine/run/step_words.h"
#include "engine/run/whole_step.h"

namespace migrator {

StepResult StepRunner::run(const Step& step) {
  begin(step);
  try {
    session_.refuse_lost_state(step);
    const bool ran = step.atomic() ? run_atomic(step) : run_segments(step);
    if (!ran) result_.outcome = StepOutcome::already_done;
    if (ran) statements_.echo_rest();
  } catch (const Error& error) {
    Finding finding = veil_of(step.part->used).over(error.finding());
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
  session_.refuse_lost_state(step);
  if (!take_row(step)) {
    result_.outcome = StepOutcome::already_done;
    return take_result();
  }
  session_.limit_times(step);
  if (!step.segments.empty()) run_statements(step, step.segments.front());
  if (!constraints_wait_) check_constraints(step, check_deferred_by_name);
  session_.reset_inside(step);
  record_done(step);
  session_.reset_behind();
  statements_.echo_rest();
  return take_result();
}

std::optional<RowChanges> StepRunner::run_ahead(const Step& step) {
  begin(step);
  session_.limit_times(step);
  run_statements(step, step.segments.front());
  session_.reset_inside(step);
  return statements_.rows();
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
  has_begun_ = is_unclear_ = failed_alone_ = is_committing_ = false;
  statements_.open(step);
}

StepResult StepRunner::take_result() {
  result_.statements = statements_.statements();
  result_.notices = statements_.take_notices();
  result_.rows = statements_.rows();
  return std::move(result_);
}

bool StepRunner::run_atomic(const Step& step) {
  const Segment segment = step.segments.empty() ? Segment{} : step.segments.front();
  return run_transaction(step, segment, Record::whole_step);
}

bool StepRunner::run_segments(const Step& step) {
  session_.warn_of_pooler(step);
  if (!take_row_apart(step)) return false;
  const auto heartbeat = show_life(step);
  try {
    if (!is_pooled()) {
      // Once, so that what the file sets itself holds through all of its segments.
      session_.limit_times(step);
      session_.repeat_settings(step, step.first_statement);
    }
    for (const Segment& segment : step.segments) {
      if (segment.transactional)
        run_transaction(step, segment, Record::journal);
      else
        run_alone(step, segment);
    }
    refuse_open_transaction(step);
    session_.reset_behind();
    record_done_apart(step);
  } catch (const Error& error) {
    record_failure(step, error);
    throw;
  }
  return true;
}

bool StepRunner::run_transaction(const Step& step, const Segment& segment, Record record) {
  Retries retries(options_, observer_, stop_, result_.file);
  const StatementRunner::Bookmark bookmark = statements_.bookmark();
  const auto wait = statements_.only_validates_before(segment.first + segment.count)
                        ? LockWait::unlimited
                        : LockWait::limited;
  if (record == Record::journal && !is_pooled()) session_.wait_for_locks(step, wait);
  for (;;) {
    try {
      return try_transaction(step, segment, record, wait);
    } catch (const Error& error) {
      abandon_transaction();
      retries.pause_after(error, watch_.blockers());
    }
    ++result_.retries;
    statements_.go_back_to(bookmark);
    // What outlives a rollback (a prepared statement) would meet itself again.
    if (is_pooled()) continue;
    if (record == Record::whole_step)
      session_.reset_behind();
    else
      statements_.forget_prepared(segment.first + segment.count);
  }
}

bool StepRunner::try_transaction(const Step& step, const Segment& segment, Record record,
                                 LockWait wait) {
  is_committing_ = failed_alone_ = false;
  const bool whole = record == Record::whole_step;
  if (whole && !is_pooled()) return try_whole(step, segment, wait);
  if (whole) {
    begin_turn(step.part->file);
  } else {
    run_command(connection_, "BEGIN", stop_);
    if (is_pooled()) watch_.follow(serving_process(connection_));
  }
  if (whole && !take_row(step)) {
    abandon_transaction();
    return false;
  }
  const bool by_itself = whole || is_pooled();  // nothing of the session is left from before
  if (by_itself) {
    session_.limit_times(step, wait);
    session_.repeat_settings(step, whole ? step.first_statement : segment.first);
  }
  run_statements(step, segment);
  check_constraints(step, check_deferred);
  if (!whole) session_.warn_of_left_state(step, segment);
  if (by_itself) session_.reset_inside(step);
  if (whole) {
    record_done(step);
  } else {
    act_as_ourselves(connection_);
    row_.advance(step, segment.first + segment.count);
  }
  commit_history(step);
  kept_ = segment.first + segment.count;
  if (whole) session_.reset_behind();
  return true;
}

/// In a session that is ours.
bool StepRunner::try_whole(const Step& step, const Segment& segment, LockWait wait) {
  WholeStep around(connection_, table_, options_, session_, watch_, stop_);
  if (!around.open(step, wait)) {
    abandon_transaction();
    return false;
  }
  has_begun_ = true;
  session_.repeat_settings(step, step.first_statement);
  run_statements(step, segment);
  refuse_changed(*step.part);
  is_committing_ = true;
  const Closed closed = around.close(step);
  is_committing_ = closed.failure && closed.failure->kind() == ErrorKind::connection;
  const bool failed = closed.failure && (!closed.committed || !connection_.is_alive());
  if (closed.committed) {
    is_committing_ = false;
    kept_ = segment.first + segment.count;
    result_.duration = *closed.committed;
  }
  if (failed && closed.committed) throw Error(*closed.failure);
  if (failed) throw statements_.explained_behind(*closed.failure);
  if (closed.failure) session_.reset_behind();  // a stop that came late
  return true;
}

void StepRunner::begin_turn(std::string_view what) {
  {
    const ProgressWatch::Watching watching(watch_, {.file = what, .sql = "BEGIN"});
    turn_.begin();
  }
  if (is_pooled()) watch_.follow(serving_process(connection_));
}

void StepRunner::commit_history(const Step& step) {
  turn_.note();
  const ProgressWatch::Watching watching(watch_, {.file = step.part->file, .sql = "COMMIT"});
  is_committing_ = true;
  commit(connection_, stop_);
  is_committing_ = false;
  turn_.keep();
  leave_process();
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
  check_constraints(step, check_deferred);
  // One that is read-only has nothing to keep, and takes no journal.
  const bool writes = !is_read_only(connection_);
  if (writes) {
    act_as_ourselves(connection_);
    row_.advance(step, statements_.next() + 1);
  }
  is_committing_ = true;
  if (statements_.run_next().tag != "COMMIT") throw_not_committed();
  is_committing_ = false;
  kept_ = statements_.next();
  if (!writes) keep_journal(step);
}

void StepRunner::run_outside(const Step& step, Lone how) {
  Retries retries(options_, observer_, stop_, result_.file, Retries::Trying::statement);
  const StatementRunner::Bookmark bookmark = statements_.bookmark();
  for (;;) {
    try {
      try_outside(step, how);
      break;
    } catch (const Error& error) {
      if (!statements_.can_try_again() || how == Lone::control) throw;
      retries.pause_after(error, watch_.blockers());
    }
    ++result_.retries;
    statements_.go_back_to(bookmark);
  }
  if (connection_.in_transaction()) return;  // it was the file's own BEGIN
  keep_journal(step);
}

void StepRunner::try_outside(const Step& step, Lone how) {
  if (is_pooled()) {
    watch_.follow(0);
    // Nobody may begin what another run may have begun as well.
    row_.renew(step);
  } else {
    session_.wait_for_locks(step, how == Lone::control ? LockWait::limited : LockWait::unlimited);
  }
  failed_alone_ = true;
  statements_.run_next_outside();
}

/// In a transaction of its own, behind what ran outside of it.
void StepRunner::keep_journal(const Step& step) {
  is_unclear_ = true;
  write_as_ourselves(connection_, [&] { row_.advance(step, statements_.next()); });
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

/// In a transaction of its own, for a file of several segments.
bool StepRunner::take_row_apart(const Step& step) {
  begin_turn(step.part->file);
  if (take_row(step)) return commit_history(step), true;
  abandon_transaction();
  return false;
}

/// No lock is needed for it, nor would it be free: others wait for this row.
void StepRunner::record_done_apart(const Step& step) {
  run_quick_command(connection_, "BEGIN");
  record_done(step);
  commit_history(step);
}

std::unique_ptr<Heartbeat> StepRunner::show_life(const Step& step) const {
  if (!is_pooled() || !watch_.options().connect) return nullptr;
  return std::make_unique<Heartbeat>(table_, step, options_.runner, options_.lease,
                                     watch_.options().connect, stop_);
}

bool StepRunner::take_row(const Step& step) {
  has_begun_ = row_.take(step);
  return has_begun_;
}

void StepRunner::record_done(const Step& step) {
  result_.duration = row_.finish(step);
}

void StepRunner::check_constraints(const Step& step, ConstraintCheck check) {
  try {
    const ProgressWatch::Watching watching(watch_,
                                           {.file = step.part->file, .sql = kDeferredConstraints});
    check(connection_, stop_);
  } catch (const Error& error) {
    throw statements_.explained_behind(error);
  }
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
  row_.note_failure(step, kept_ == 0 && !may_have_left_something);
}

void StepRunner::leave_clean() {
  if (stop_.stop_requested()) connection_.hurry();
  try {
    abandon_transaction();
    if (connection_.is_alive()) session_.reset_behind();
  } catch (const Error&) {
    // As above; a session that cannot be reset is of no more use to anybody.
  }
}

void StepRunner::abandon_transaction() {
  connection_.on_notice({});
  if (!connection_.is_alive()) return;
  // In the same message, for behind it a pooler's session is somebody else's.
  if (connection_.in_transaction())
    run_quick_command(connection_, is_pooled()
                                       ? "ROLLBACK; SELECT pg_catalog.pg_advisory_unlock_all()"
                                       : "ROLLBACK");
  leave_process();
}

}  // namespace migrator
