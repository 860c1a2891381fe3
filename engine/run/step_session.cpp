#include "engine/run/step_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "engine/base/error.h"
#include "engine/pg/pipeline.h"
#include "engine/pg/script.h"
#include "engine/plan/resume.h"
#include "engine/run/file_session.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/statement_words.h"

namespace migrator {
namespace {

/// What a statement leaves in its session for later ones of its file; empty: nothing. A file of one
/// transaction has all of its session to itself but for what a rollback leaves.
std::string left_in_session(std::string_view sql, bool has_segments) {
  const StatementWords words(sql);
  if (words.is(0, "prepare") && !words.is(1, "transaction")) return "a prepared statement";
  if (!has_segments) return "";
  if (words.is(0, "listen")) return "LISTEN";
  const bool creates = words.is(0, "create");
  const std::size_t first = creates && words.is_one_of(1, {"local", "global"}) ? 2 : 1;
  if (creates && words.is_one_of(first, {"temp", "temporary"})) return "a temporary object";
  if (words.is(0, "declare") && words.find("hold", 1) < words.size()) return "a cursor";
  return "";
}

[[noreturn]] void throw_lost(const Part& part, const Command& command, const std::string& what) {
  throw Error(ErrorKind::migration,
              {.id = "pooler-session",
               .message = "behind a pooler each transaction has another session, and this would "
                          "leave something in its own: " +
                          what,
               .place = place_of(part, command),
               .next = "give migrator a URL that leads to the server itself, or write the file "
                       "without it"});
}

}  // namespace

StepSession::StepSession(Connection& connection, const RunOptions& options,
                         StatementRunner& statements)
    : connection_(connection),
      options_(options),
      statements_(statements),
      limits_(connection, options) {}

void StepSession::note_limits(const Step& step, LockWait wait) {
  if (limits_.lacks_transaction_timeout(step))
    statements_.tell({.severity = Severity::warning,
                      .id = "timeout-unsupported",
                      .message = "transaction_timeout is not there before PostgreSQL 17: this runs "
                                 "without it",
                      .place = Place{.file = step.part->file}});
  lock_wait_ = wait;
  statements_.give_up_locks_after(limits_.lock_timeout(step, wait));
}

void StepSession::limit_times(const Step& step, LockWait wait) {
  const bool inside = connection_.in_transaction();
  run_together(
      connection_,
      limits_.queries(step, inside ? SettingScope::transaction : SettingScope::session, wait));
  note_limits(step, wait);
}

void StepSession::repeat_settings(const Step& step, std::size_t first) {
  for (const Command& command : settings_before(*step.part, first))
    run_statement(connection_, *step.part, command);
}

void StepSession::wait_for_locks(const Step& step, LockWait wait) {
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

void StepSession::reset_inside() {
  is_pooled() ? migrator::reset_inside(connection_) : reset_settings(connection_);
}

void StepSession::reset_behind() {
  if (!is_pooled()) reset_session(connection_);
}

void StepSession::refuse_lost_state(const Step& step) const {
  if (!is_pooled()) return;
  CommandReader reader(*step.part);
  while (const auto command = next_sent(reader)) {
    const std::string what =
        left_in_session(sql_of(*step.part, *command), step.segments.size() > 1);
    if (!what.empty()) throw_lost(*step.part, *command, what);
  }
  for (const Segment& segment : step.segments) {
    if (segment.transactional) continue;
    const auto settings = settings_before(*step.part, segment.first + segment.count - 1);
    if (!settings.empty())
      throw_lost(*step.part, settings.front(),
                 "a setting, which the statements that run outside a transaction would not have");
  }
}

void StepSession::tell_of_lost_limits(const Step& step) const {
  const Directives& directives = step.part->directives;
  const bool has_limits =
      directives.lock_timeout || directives.transaction_timeout ||
      directives.statement_timeout.value_or(options_.statement_timeout).count() > 0;
  const bool has_alone =
      std::ranges::find(step.segments, false, &Segment::transactional) != step.segments.end();
  if (!is_pooled() || !has_limits || !has_alone) return;
  statements_.tell({.severity = Severity::warning,
                    .id = "timeout-unsupported",
                    .message = "behind a pooler the time limits do not hold for the statements of "
                               "this file that run outside a transaction",
                    .place = Place{.file = step.part->file},
                    .next = "give migrator a URL that leads to the server itself"});
}

}  // namespace migrator
