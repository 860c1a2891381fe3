#include "engine/run/step_session.h"

#include <fmt/format.h>

#include <string>

#include "engine/pg/pipeline.h"
#include "engine/pg/script.h"
#include "engine/plan/resume.h"
#include "engine/run/file_session.h"
#include "engine/run/pooled_session.h"

namespace migrator {

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

void StepSession::reset_inside(const Step& step) {
  if (is_pooled())
    migrator::reset_inside(connection_, limits_.name_of(step));
  else
    reset_settings(connection_);
}

void StepSession::reset_behind() {
  if (!is_pooled()) reset_session(connection_);
}

void StepSession::refuse_lost_state(const Step& step) const {
  if (is_pooled()) migrator::refuse_lost_state(step);
}

void StepSession::warn_of_left_state(const Step& step, const Segment& segment) const {
  if (!is_pooled()) return;
  if (auto warning = left_state(connection_, step, segment)) statements_.tell(std::move(*warning));
}

void StepSession::warn_of_pooler(const Step& step) const {
  if (!is_pooled()) return;
  for (Finding& warning : warnings_behind_pooler(step, options_))
    statements_.tell(std::move(warning));
}

}  // namespace migrator
