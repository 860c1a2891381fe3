#include "engine/run/run_lock.h"

#include <fmt/format.h>

#include "engine/pg/pooler.h"
#include "engine/pg/session_guard.h"

namespace migrator {
namespace {

std::string line_about(const OtherSession& holder, std::chrono::milliseconds waited) {
  return fmt::format("waiting for another migrator: {} ({} s so far)", describe(holder),
                     waited.count() / 1000);
}

}  // namespace

std::int64_t lock_key_of(const RunSite& site) {
  return AdvisoryLock::key_of(site.connection.database(), site.table.schema(), site.table.table());
}

RunLock::RunLock(const RunSite& site) {
  detect_pooler(site.connection, site.connect_watcher, site.stop);
  if (site.connection.is_pooled()) return;
  guard_session(site.connection);
  const auto waiting = [&](OtherSession holder, std::chrono::milliseconds waited) {
    waited_ = true;
    if (!site.options.show_queries) holder.statement.clear();
    site.observer.still_waiting(line_about(holder, waited));
  };
  lock_.emplace(site.connection, lock_key_of(site), site.options.lock_wait, waiting, site.stop,
                site.observer.progress_interval());
}

}  // namespace migrator
