#include "engine/run/step_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/pg/script.h"
#include "engine/plan/resume.h"
#include "engine/run/file_session.h"
#include "engine/run/pause.h"
#include "engine/sql/statement_words.h"

namespace migrator {
namespace {

constexpr std::string_view kLockNotAvailable = "55P03";
constexpr std::string_view kDeadlockDetected = "40P01";
constexpr std::string_view kSerializationFailure = "40001";
constexpr std::string_view kActiveTransaction = "25001";
constexpr std::string_view kInvalidTermination = "2D000";
constexpr std::string_view kInsufficientResources = "53";  // the class: disk full, out of memory
constexpr std::string_view kNoSuchPrepared = "26000";

bool is_worth_retrying(const Error& error) {
  const std::string& state = error.finding().sqlstate;
  return state == kLockNotAvailable || state == kDeadlockDetected || state == kSerializationFailure;
}

std::string first_line_of(std::string_view sql) {
  return std::string(sql.substr(0, std::min(sql.find('\n'), std::size_t{160})));
}

Finding finding_of(const Notice& notice, const Part& part, const Command& command) {
  const bool warning = notice.severity == "WARNING";
  return {.severity = warning ? Severity::warning : Severity::note,
          .id = "server-notice",
          .message = notice.message,
          // Known already: place_of would walk through the text before it for each notice.
          .place = Place{.file = std::string(part.source(command.text).file),
                         .line = command.statement.line,
                         .column = command.statement.column,
                         .source_line = first_line_of(sql_of(part, command))},
          .detail = notice.detail,
          .hint = notice.hint,
          .sqlstate = notice.sqlstate == "00000" ? "" : notice.sqlstate};
}

/// "statement 3 of 17", for a file of more than one.
Finding numbered(Finding finding, std::size_t index, std::size_t total) {
  if (total > 1 && finding.statement == 0) {
    finding.statement = index + 1;
    finding.statements = total;
  }
  return finding;
}

/// Where the last line with text on it begins.
std::size_t last_line_of(const Part& part) {
  const std::string_view text = part.text.view();
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos) return 0;
  const std::size_t line_end = text.rfind('\n', last);
  return line_end == std::string_view::npos ? 0 : line_end + 1;
}

[[noreturn]] void throw_shorter(const Part& part) {
  throw Error(ErrorKind::migration, {.id = "file-changed-meanwhile",
                                     .message = part.file + " was changed while it was run",
                                     .next = "run the same command again"});
}

void refuse_changed(const Part& part) {
  const bool unchanged =
      part.text.is_unchanged() && std::ranges::all_of(part.included, [](const Included& file) {
        return file.text.is_unchanged();
      });
  if (!unchanged) throw_shorter(part);
}

std::string what_was_kept(const Step& step, const Error& error, std::size_t kept) {
  if (error.kind() == ErrorKind::connection)
    return fmt::format(
        "not known: the answer was lost; migrator status tells ({} commits together "
        "with its history row)",
        step.atomic() ? "the file" : "each segment");
  if (step.is_whole() || kept == 0) return "nothing of " + step.part->file;
  return fmt::format("what {} did before that statement; the history says how far it came",
                     step.part->file);
}

std::string what_next(const Step& step, const Error& error, std::size_t kept) {
  if (!error.finding().next.empty()) return error.finding().next;
  const std::string command = step.action == StepAction::undo ? "migrator down"
                              : step.kind == StepKind::seed   ? "migrator seed"
                                                              : "migrator up";
  if (error.kind() == ErrorKind::connection) return "when the server is back: " + command;
  const std::string& state = error.finding().sqlstate;
  if (state == kActiveTransaction || state == kInvalidTermination)
    return "it cannot run in a transaction: put this at the top of the file:\n"
           "  -- migrator: transaction off";
  if (state.starts_with(kInsufficientResources))
    return "give the server what it lacks (the disk, memory, connections), then: " + command;
  if (is_worth_retrying(error))
    return "end the transaction that holds the lock, or allow more time (--lock-timeout), then: " +
           command;
  return fmt::format("mend the statement, then: {}{}", command,
                     step.is_whole() || kept == 0 ? "" : " (it goes on there)");
}

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
  check_deferred(connection_);
  if (whole) {
    reset_settings(connection_);
    record_done(step);
  } else {
    act_as_ourselves(connection_);
    table_.advance(connection_, step, segment.first + segment.count, options_.runner);
  }
  commit(connection_, stop_);
  if (whole) reset_session(connection_);
  return true;
}

void StepRunner::run_alone(const Step& step, const Segment& segment) {
  go_to(step, segment.first);
  while (next_ < segment.first + segment.count) {
    run_next(step);
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
    run_next(step);
    if (connection_.in_transaction()) continue;
    throw Error(ErrorKind::migration,
                {.id = "transaction-ended",
                 .message = "a statement ended the transaction that migrator had opened",
                 .place = Place{.file = step.part->file},
                 .next = "put \"-- migrator: transaction off\" at the top of the file, and look "
                         "at what it has done already"});
  }
}

/// The next statement, and what \\echo prints before it.
void StepRunner::run_next(const Step& step) {
  const Part& part = *step.part;
  auto command = reader_->next();
  for (; command && !command->is_sent(); command = reader_->next())
    observer_.echoed(command->echo, command->stream);
  if (!command) return;  // the plan counted them: there is one
  connection_.on_notice([&](const Notice& notice) {
    result_.notices.push_back(finding_of(notice, part, *command));
    observer_.noticed(result_.notices.back());
  });
  try {
    run_statement(connection_, part, *command, stop_);
  } catch (const Error& error) {
    throw Error(error.kind(), numbered(error.finding(), next_, part.statement_count));
  }
  connection_.on_notice({});
  ++result_.statements;
  ++next_;
}

/// What \\echo prints behind the last statement.
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

bool StepRunner::take_row(const Step& step) {
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
