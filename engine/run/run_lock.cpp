#include "engine/run/run_lock.h"

#include "engine/pg/pooler.h"
#include "engine/pg/session_guard.h"

namespace migrator {
RunLock::RunLock(const RunSite& site) {
  detect_pooler(site.connection);
  if (site.connection.is_pooled()) return;
  guard_session(site.connection);
  const auto waiting = [&](const OtherSession& holder, std::chrono::milliseconds waited) {
    waited_ = true;
    site.observer.still_waiting(waiting_line(holder, waited));
  };
  lock_.emplace(site.connection, site.table.lock_key(site.connection), site.options.lock_wait,
                waiting, site.stop, site.observer.progress_interval());
}

}  // namespace migrator
