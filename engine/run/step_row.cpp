#include "engine/run/step_row.h"

#include "engine/pg/unhurried.h"
#include "engine/run/step_words.h"
#include "engine/run/whole_step.h"

namespace migrator {

bool StepRow::take(const Step& step) {
  const ProgressWatch::Watching watching(watch_, {.file = step.part->file, .sql = kItsRow});
  const Lease until = step.atomic() ? std::nullopt : lease();
  bool taken = false;
  const Unhurried waiting(connection_);
  try {
    taken = table_.begin(connection_, step, options_.runner, until);
  } catch (const Error& error) {
    throw_row_not_taken(step, error, options_.lock_wait, watch_.blockers());
  }
  if (!taken && !table_.is_done(connection_, step)) throw_overtaken(step);
  return taken;
}

Lease StepRow::lease() const {
  return connection_.is_pooled() ? Lease(options_.lease) : std::nullopt;
}

void StepRow::renew(const Step& step) {
  if (!table_.renew(connection_, step, options_.runner, lease())) throw taken_over(step);
}

void StepRow::advance(const Step& step, std::size_t statements_done) {
  table_.advance(connection_, step, statements_done, options_.runner);
}

std::chrono::microseconds StepRow::finish(const Step& step) {
  refuse_changed(*step.part);
  return table_.finish(connection_, step, options_.runner);
}

void StepRow::note_failure(const Step& step, bool kept_nothing) noexcept {
  try {
    // As if it had not begun; but a row that was there before is not to be lost, and a half-done
    // file stays one that is being undone.
    const bool is_ours = step.action == StepAction::apply ? !step.previous : !step.of_half_done;
    if (kept_nothing && is_ours)
      table_.withdraw(connection_, step, options_.runner);
    else
      table_.fail(connection_, step, options_.runner);
  } catch (const std::exception&) {
    // The row stays as it was written last.
  }
}

}  // namespace migrator
