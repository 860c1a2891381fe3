#include "engine/run/run_lock.h"

#include "engine/pg/pipeline.h"
#include "engine/pg/pooler.h"
#include "engine/pg/session_guard.h"
#include "engine/pg/settings.h"

namespace migrator {

RunLock::RunLock(const RunSite& site, const ServerFacts& seen) {
  if (seen.process != 0)
    site.connection.set_pooled(seen.process != site.connection.backend_pid());
  else
    detect_pooler(site.connection);
  if (site.connection.is_pooled()) return;
  const auto waiting = [&](const OtherSession& holder, std::chrono::milliseconds waited) {
    waited_ = true;
    site.observer.still_waiting(waiting_line(holder, waited));
  };
  const std::int64_t key = site.table.lock_key(site.connection);
  const bool has_it = try_first(site, key);
  lock_.emplace(site.connection, key,
                LockWaitOptions{.limit = site.options.lock_wait,
                                .tell_every = site.observer.progress_interval(),
                                .waiting = waiting,
                                .stop = site.stop},
                has_it);
}

/// The session guarded and the lock tried for, in one message.
bool RunLock::try_first(const RunSite& site, std::int64_t key) {
  std::vector<ServerSetting> guard = guard_settings(site.connection.server_version());
  std::vector<Query> queries = setting(guard, SettingScope::session);
  queries.push_back(try_for_lock(key, LockScope::session));
  try {
    // A stop that came before is seen where something is begun.
    const auto stop = site.stop.stop_requested() ? std::stop_token() : site.stop;
    const std::vector<Reply> replies = run_together(site.connection, queries, stop);
    site.connection.keep_settings(std::move(guard));
    const bool has_it = replies.back().rows.at(0).at(0) == "t";
    // Also when it is let go of before anybody is told of the waiting.
    waited_ = !has_it;
    return has_it;
  } catch (const Error& error) {
    if (!lacks_connection_check(error)) throw;
  }
  guard_session(site.connection);
  return false;
}

}  // namespace migrator
