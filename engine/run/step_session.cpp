#include "engine/run/step_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "engine/base/error.h"
#include "engine/pg/predecessor.h"
#include "engine/pg/script.h"
#include "engine/plan/resume.h"
#include "engine/run/file_session.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/statement_words.h"

namespace migrator {
namespace {

constexpr int kTransactionTimeout = 170000;

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
      is_named_(connection.application_name() == session_name(options.runner.run_id)) {}

std::chrono::milliseconds StepSession::lock_timeout(const Step& step, LockWait wait) const {
  return step.part->directives.lock_timeout.value_or(
      wait == LockWait::limited ? options_.lock_timeout : std::chrono::milliseconds(0));
}

std::chrono::milliseconds StepSession::transaction_timeout(const Step& step) const {
  return step.part->directives.transaction_timeout.value_or(options_.transaction_timeout);
}

Query StepSession::limits(const Step& step, SettingScope scope, LockWait wait) const {
  const auto statement =
      step.part->directives.statement_timeout.value_or(options_.statement_timeout);
  const auto transaction = transaction_timeout(step);
  std::vector<ServerSetting> settings{
      {"lock_timeout", std::to_string(lock_timeout(step, wait).count())},
      {"statement_timeout", std::to_string(statement.count())}};
  if (transaction.count() > 0 && has_transaction_timeout())
    settings.push_back({"transaction_timeout", std::to_string(transaction.count())});
  // Whoever waits for us, or looks at the server, sees by it what is being done.
  if (is_named_)
    settings.push_back({"application_name", session_name(options_.runner.run_id, step.part->file)});
  return setting(settings, scope);
}

void StepSession::note_limits(const Step& step, LockWait wait) {
  if (transaction_timeout(step).count() > 0 && !has_transaction_timeout())
    statements_.tell({.severity = Severity::warning,
                      .id = "timeout-unsupported",
                      .message = "transaction_timeout is not there before PostgreSQL 17: this runs "
                                 "without it",
                      .place = Place{.file = step.part->file}});
  lock_wait_ = wait;
  statements_.give_up_locks_after(lock_timeout(step, wait));
}

void StepSession::limit_times(const Step& step, LockWait wait) {
  const bool inside = connection_.in_transaction();
  connection_.query(limits(step, inside ? SettingScope::transaction : SettingScope::session, wait));
  note_limits(step, wait);
}

bool StepSession::has_transaction_timeout() const {
  return connection_.server_version() >= kTransactionTimeout;
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
