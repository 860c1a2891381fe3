#include "engine/run/turn.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "engine/base/error.h"
#include "engine/pg/advisory_lock.h"
#include "engine/pg/pipeline.h"
#include "engine/pg/script.h"
#include "engine/pg/settings.h"

namespace migrator {

std::vector<Query> beginning_of_turn(const RunOptions& options) {
  const auto lock_wait = std::max<std::int64_t>(options.lock_wait.count(), 1);
  const std::vector<ServerSetting> limits{{"lock_timeout", std::to_string(lock_wait)},
                                          {"statement_timeout", "0"}};
  std::vector<Query> queries = setting(limits, SettingScope::transaction);
  queries.insert(queries.begin(), {"BEGIN"});
  return queries;
}

Turn::Turn(Connection& connection, const HistoryTable& table, const RunOptions& options,
           Observer& observer, std::stop_token stop)
    : connection_(connection),
      table_(table),
      options_(options),
      observer_(observer),
      stop_(std::move(stop)) {}

void Turn::open() const {
  const PipelineEnd end = run_pipeline(connection_, beginning_of_turn(options_), {.stop = stop_});
  if (end.failure) throw Error(*end.failure);
}

bool Turn::try_to_begin() const {
  open();
  if (try_advisory_lock(connection_, table_.lock_key(connection_), LockScope::transaction))
    return true;
  run_command(connection_, "ROLLBACK");
  return false;
}

void Turn::begin() {
  if (!connection_.is_pooled()) return open();
  wait_for_advisory_lock(connection_, table_.lock_key(connection_),
                         [this] { return try_to_begin(); },
                         {.limit = options_.lock_wait,
                          .tell_every = observer_.progress_interval(),
                          .waiting =
                              [this](const OtherSession& holder, std::chrono::milliseconds waited) {
                                observer_.still_waiting(waiting_line(holder, waited));
                              },
                          .stop = stop_});
  if (premise_.empty() || table_.premise(connection_) == premise_) return;
  throw Error(ErrorKind::lock, {.id = "overtaken",
                                .message = "another migrator has changed the history meanwhile",
                                .next = "run the same command again"});
}

void Turn::note() {
  if (connection_.is_pooled()) next_ = table_.premise(connection_);
}

}  // namespace migrator
