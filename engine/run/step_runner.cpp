#include "engine/run/step_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/pg/examine.h"
#include "engine/pg/script.h"
#include "engine/plan/resume.h"
#include "engine/run/file_session.h"
#include "engine/run/heal.h"
#include "engine/run/pause.h"
#include "engine/run/step_words.h"
#include "engine/sql/outside_by_words.h"
#include "engine/sql/statement_words.h"

namespace migrator {
namespace {

constexpr std::string_view kNoSuchPrepared = "26000";

}  // namespace

StepResult StepRunner::run(const Step& step) {
  result_ = {
      .action = step.action,
      .kind = step.kind,
      .id = step.id,
      .name = step.name,
      .file = step.part->file,
      .outcome = step.action == StepAction::undo ? StepOutcome::undone : StepOutcome::applied};
  kept_ = step.first_statement;
  reader_.emplace(*step.part);
  next_ = 0;
  go_to(step, step.first_statement);
  is_unclear_ = failed_alone_ = false;
  try {
    const bool ran = step.atomic() ? run_atomic(step) : run_segments(step);
    if (!ran) result_.outcome = StepOutcome::already_done;
    if (ran) echo_rest();
  } catch (const Error& error) {
    Finding finding = error.finding();
    finding.kept = what_was_kept(step, error, kept_);
    finding.next = what_next(step, error, kept_);
    leave_clean();
    if (!finding.place) finding.place = Place{.file = step.part->file, .source_line = {}};
    throw Error(error.kind(), finding);
  }
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
    repeat_settings(step, step.first_statement);
    for (const Segment& segment : step.segments) {
      wait_for_locks(step, segment);
      failed_alone_ = !segment.transactional;
      if (segment.transactional)
        run_transaction(step, segment, Record::journal);
      else
        run_alone(step, segment);
      kept_ = segment.first + segment.count;
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
  const auto begun = std::chrono::steady_clock::now();
  const StepResult before = result_;
  const CommandReader bookmark = *reader_;
  const std::size_t first = next_;
  for (std::size_t attempt = 1;; ++attempt) {
    try {
      return try_transaction(step, segment, record);
    } catch (const Error& error) {
      abandon_transaction();
      const bool in_time = std::chrono::steady_clock::now() - begun < options_.retry_budget;
      if (!is_worth_retrying(error) || attempt >= options_.tries || !in_time) throw;
      pause_before_retry(error, attempt);
    }
    const std::size_t retries = result_.retries + 1;
    result_ = before;
    result_.retries = retries;
    reader_ = bookmark;
    next_ = first;
    // What outlives a rollback (a prepared statement) would meet itself again.
    if (record == Record::whole_step)
      reset_session(connection_);
    else
      forget_prepared(step, segment);
  }
}

bool StepRunner::try_transaction(const Step& step, const Segment& segment, Record record) {
  run_command(connection_, "BEGIN");
  const bool whole = record == Record::whole_step;
  if (whole && !take_row(step)) {
    run_command(connection_, "ROLLBACK");
    return false;
  }
  if (whole) {
    limit_times(step);
    repeat_settings(step, step.first_statement);
  }
  run_statements(step, segment);
  {
    const ProgressWatch::Watching watching(
        watch_, {.file = step.part->file, .sql = "checking deferred constraints"});
    check_deferred(connection_);
  }
  if (whole) {
    reset_settings(connection_);
    record_done(step);
  } else {
    act_as_ourselves(connection_);
    table_.advance(connection_, step, segment.first + segment.count, options_.runner);
  }
  {
    const ProgressWatch::Watching watching(watch_, {.file = step.part->file, .sql = "COMMIT"});
    commit(connection_, stop_);
  }
  if (whole) reset_session(connection_);
  return true;
}

void StepRunner::run_alone(const Step& step, const Segment& segment) {
  go_to(step, segment.first);
  while (next_ < segment.first + segment.count) {
    run_outside(step, take_next(step));
    // Inside a transaction of the file's own (`transaction off`), nothing is kept before its end.
    if (connection_.in_transaction()) continue;
    is_unclear_ = true;
    write_as_ourselves(connection_,
                       [&] { table_.advance(connection_, step, next_, options_.runner); });
    is_unclear_ = false;
    kept_ = next_;
  }
}

void StepRunner::run_statements(const Step& step, const Segment& segment) {
  go_to(step, segment.first);
  while (next_ < segment.first + segment.count) {
    run_one(step, take_next(step));
    if (connection_.in_transaction()) continue;
    throw Error(ErrorKind::migration,
                {.id = "transaction-ended",
                 .message = "a statement ended the transaction that migrator had opened",
                 .place = Place{.file = step.part->file},
                 .next = "put \"-- migrator: transaction off\" at the top of the file, and look "
                         "at what it has done already"});
  }
}

/// The next statement; what \echo prints before it is printed.
Command StepRunner::take_next(const Step& step) {
  auto command = reader_->next();
  for (; command && !command->is_sent(); command = reader_->next())
    observer_.echoed(command->echo, command->stream);
  if (!command) throw_shorter(*step.part);
  return *command;
}

void StepRunner::run_one(const Step& step, const Command& command) {
  const Part& part = *step.part;
  connection_.on_notice([&](const Notice& notice) {
    result_.notices.push_back(finding_of(notice, part, command));
    observer_.noticed(result_.notices.back());
  });
  try {
    const ProgressWatch::Watching watching(watch_, watched(step, command));
    run_statement(connection_, part, command, stop_,
                  [this](std::uint64_t sent, std::uint64_t all) { watch_.sent(sent, all); });
  } catch (const Error& error) {
    throw Error(error.kind(), numbered(error.finding(), next_, part.statement_count));
  }
  connection_.on_notice({});
  ++result_.statements;
  ++next_;
}

WatchedStatement StepRunner::watched(const Step& step, const Command& command) const {
  const Part& part = *step.part;
  return {.file = part.source(command.text).file,
          .sql = sql_of(part, command),
          .line = command.statement.line,
          .number = next_ + 1,
          .total = part.statement_count};
}

void StepRunner::tell(const Step& step, const Command& command, Finding finding) {
  finding.place = place_of(*step.part, command);
  result_.notices.push_back(std::move(finding));
  observer_.noticed(result_.notices.back());
}

/// What an earlier try left half made is healed before, and what it made is looked at behind.
void StepRunner::run_outside(const Step& step, const Command& command) {
  if (connection_.in_transaction()) return run_one(step, command);
  const OutsideAction action = outside_action_of(sql_of(*step.part, command));
  try {
    if (is_done_already(step, command, action)) {
      ++next_;
      return;
    }
    run_one(step, command);
    check_after(connection_, action);
  } catch (const Error& error) {
    Finding finding = error.finding();
    if (!finding.place) finding.place = place_of(*step.part, command);
    throw Error(error.kind(), finding);
  }
}

bool StepRunner::is_done_already(const Step& step, const Command& command,
                                 const OutsideAction& action) {
  const bool again = next_ == step.first_statement && step.previous_run;
  const bool in_flight = again && step.in_flight;
  const ProgressWatch::Watching watching(watch_, watched(step, command));
  const Healing healing =
      heal_before(connection_, action,
                  {.earlier = in_flight ? EarlierTry::interrupted
                              : again   ? EarlierTry::failed
                                        : EarlierTry::none,
                   .limit = options_.lock_wait,
                   .waiting = [this](std::string_view for_what) { observer_.waiting(for_what); },
                   .stop = stop_});
  for (const Finding& finding : healing.findings) tell(step, command, finding);
  if (healing.done || !in_flight) return healing.done;
  const Examination found = examine(connection_, action);
  if (found.fate == Fate::unknown)
    throw Error(ErrorKind::migration,
                {.id = "in-doubt",
                 .message = "it is not known whether this statement was finished",
                 .detail = found.detail,
                 .next = fmt::format("look at the database, then say what is true:\n"
                                     "  migrator repair {} --resume-at N --reason WHY",
                                     step.id)});
  tell(step, command,
       {.severity = Severity::note,
        .id = "examined",
        .message =
            fmt::format("it was running when its migrator left, and {}: {}",
                        found.fate == Fate::done ? "was done" : "is run again", found.detail)});
  return found.fate == Fate::done;
}

/// What \echo prints behind the last statement.
void StepRunner::echo_rest() {
  while (const auto command = reader_->next())
    if (!command->is_sent()) observer_.echoed(command->echo, command->stream);
}

/// Passes over what is not run: done before, or the file's own BEGIN.
void StepRunner::go_to(const Step& step, std::size_t statement) {
  while (next_ < statement) {
    const auto command = reader_->next();
    if (!command) throw_shorter(*step.part);
    if (command->is_sent()) ++next_;
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

void StepRunner::repeat_settings(const Step& step, std::size_t first) {
  for (const Command& command : settings_before(*step.part, first))
    run_statement(connection_, *step.part, command, stop_);
}

void StepRunner::limit_times(const Step& step) {
  const Directives& directives = step.part->directives;
  run_command(
      connection_,
      fmt::format("SET {0} lock_timeout = {1}; SET {0} statement_timeout = {2}",
                  connection_.in_transaction() ? "LOCAL" : "SESSION",
                  directives.lock_timeout.value_or(options_.lock_timeout).count(),
                  directives.statement_timeout.value_or(options_.statement_timeout).count()));
}

/// A statement that runs alone waits for old snapshots as well; a limit would only leave an invalid
/// index behind. A limit that the file set itself stays.
void StepRunner::wait_for_locks(const Step& step, const Segment& segment) {
  if (step.part->directives.lock_timeout || connection_.in_transaction()) return;
  const auto ours = options_.lock_timeout.count();
  run_command(connection_,
              fmt::format("SELECT pg_catalog.set_config('lock_timeout', '{}', false) "
                          "FROM pg_catalog.pg_settings WHERE name = 'lock_timeout' "
                          "AND setting = '{}'",
                          segment.transactional ? ours : 0, segment.transactional ? 0 : ours));
}

/// What a rollback leaves of a segment: its next try would meet it again.
void StepRunner::forget_prepared(const Step& step, const Segment& segment) {
  CommandReader reader = *reader_;
  for (std::size_t i = next_; i < segment.first + segment.count;) {
    const auto command = reader.next();
    if (!command) return;
    if (!command->is_sent()) continue;
    ++i;
    const StatementWords words(sql_of(*step.part, *command));
    if (!words.is(0, "prepare") || words.is(1, "transaction")) continue;
    try {
      run_command(connection_, fmt::format("DEALLOCATE {}", words.text(1)));
    } catch (const Error& error) {
      if (error.finding().sqlstate != kNoSuchPrepared) throw;
    }
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
  if (error.kind() == ErrorKind::connection || is_unclear_) return leave_clean();
  leave_clean();
  const bool may_have_left_something = !connection_.is_alive() || failed_alone_;
  try {
    if (kept_ == 0 && !may_have_left_something)
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

void StepRunner::pause_before_retry(const Error& error, std::size_t attempt) {
  const auto pause = backoff(attempt, options_.first_pause, std::chrono::seconds(30));
  observer_.waiting(fmt::format("{}: {}; rolled back, try {} of {} in {:.1f} s", result_.file,
                                error.finding().message, attempt + 1, options_.tries,
                                std::chrono::duration<double>(pause).count()));
  if (pause_for(pause, stop_)) return;
  throw Error(ErrorKind::migration,
              {.id = "cancelled",
               .message = "stopped while waiting to try again: " + error.finding().message,
               .place = error.finding().place,
               .next = "run the same command again"});
}

}  // namespace migrator
