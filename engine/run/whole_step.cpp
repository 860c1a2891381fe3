#include "engine/run/whole_step.h"

#include <algorithm>
#include <iterator>

#include "engine/pg/script.h"
#include "engine/run/file_session.h"
#include "engine/run/step_words.h"
#include "engine/run/turn.h"

namespace migrator {

Opening opening_of(const Step& step, const HistoryTable& table, const RunOptions& options,
                   const StepLimits& limits, LockWait wait) {
  Opening opening{.queries = beginning_of_turn(options)};
  opening.row = opening.queries.size();
  opening.queries.push_back(table.beginning(step, options.runner));
  std::ranges::move(limits.queries(step, SettingScope::transaction, wait),
                    std::back_inserter(opening.queries));
  return opening;
}

Closing closing_of(const Step& step, const HistoryTable& table, const RunOptions& options,
                   const Connection& connection) {
  Closing closing{.queries = {check_of_deferred()}};
  std::ranges::move(settings_reset(connection), std::back_inserter(closing.queries));
  closing.row = closing.queries.size();
  closing.queries.push_back(table.finishing(step, options.runner));
  closing.commit = closing.queries.size();
  closing.queries.push_back({"COMMIT"});
  std::ranges::move(session_reset(connection), std::back_inserter(closing.queries));
  return closing;
}

bool WholeStep::open(const Step& step, LockWait wait) {
  const ProgressWatch::Watching watching(watch_, {.file = step.part->file, .sql = kItsRow});
  const Opening opening = opening_of(step, table_, options_, session_.limits(), wait);
  const PipelineEnd end = run_pipeline(connection_, opening.queries, {.stop = stop_});
  if (end.failure && end.replies.size() == opening.row)
    throw_row_not_taken(step, *end.failure, options_.lock_wait, watch_.blockers());
  if (end.failure) throw Error(*end.failure);
  session_.note_limits(step, wait);
  if (!end.replies[opening.row].rows.empty()) return true;
  if (!table_.is_done(connection_, step)) throw_overtaken(step);
  return false;
}

Closed WholeStep::close(const Step& step) {
  const Closing closing = closing_of(step, table_, options_, connection_);
  std::optional<ProgressWatch::Watching> watching;
  const auto awaited = [&](std::size_t index) {
    if (index > closing.deferred + 1) return;
    watching.reset();
    watching.emplace(
        watch_,
        WatchedStatement{.file = step.part->file,
                         .sql = index == closing.deferred ? kDeferredConstraints : "COMMIT"});
  };
  const PipelineEnd end =
      run_pipeline(connection_, closing.queries,
                   {.stop = stop_, .awaited = awaited, .tell_behind = closing.deferred});
  const std::size_t done = end.replies.size();
  Closed closed{.failure = end.failure};
  if (end.failure && done == closing.deferred) closed.failure = with_deferred(*end.failure);
  if (end.failure && done == closing.row)
    closed.failure = HistoryTable::not_finished(step, *end.failure);
  if (done <= closing.commit) return closed;
  if (end.replies[closing.commit].tag != "COMMIT") throw_not_committed();
  closed.committed = HistoryTable::finished(end.replies[closing.row].rows);
  return closed;
}

}  // namespace migrator
