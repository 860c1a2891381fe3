#include "engine/run/step_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "engine/base/error.h"
#include "engine/pg/predecessor.h"
#include "engine/pg/quote.h"
#include "engine/pg/script.h"
#include "engine/plan/resume.h"
#include "engine/run/file_session.h"

namespace migrator {
namespace {

constexpr int kTransactionTimeout = 170000;

}  // namespace

StepSession::StepSession(Connection& connection, const RunOptions& options,
                         StatementRunner& statements)
    : connection_(connection),
      options_(options),
      statements_(statements),
      is_named_(connection.application_name() == session_name(options.runner.run_id)) {}

void StepSession::begin_with_row() {
  run_command(connection_, fmt::format("BEGIN; SET LOCAL lock_timeout = {}",
                                       std::max<std::int64_t>(options_.lock_wait.count(), 1)));
}

void StepSession::limit_times(const Step& step, LockWait wait) {
  const Directives& directives = step.part->directives;
  const std::string_view scope = connection_.in_transaction() ? "LOCAL" : "SESSION";
  const auto ours =
      wait == LockWait::limited ? options_.lock_timeout : std::chrono::milliseconds(0);
  const auto lock_timeout = directives.lock_timeout.value_or(ours);
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
  lock_wait_ = wait;
  statements_.give_up_locks_after(lock_timeout);
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

void StepSession::refuse_lost_settings(const Step& step) const {
  if (!is_pooled()) return;
  for (const Segment& segment : step.segments) {
    if (segment.transactional) continue;
    const auto settings = settings_before(*step.part, segment.first + segment.count - 1);
    if (settings.empty()) continue;
    throw Error(ErrorKind::migration,
                {.id = "pooler-session",
                 .message = "behind a transaction pooler this does not hold for the statements of "
                            "the file that run outside a transaction",
                 .place = place_of(*step.part, settings.front()),
                 .next = "give migrator a URL that leads to the server itself, or put what is set "
                         "into the statements (schema.name) or the role"});
  }
}

}  // namespace migrator
