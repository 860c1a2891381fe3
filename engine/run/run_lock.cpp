#include "engine/run/run_lock.h"

#include <fmt/format.h>

#include "engine/pg/session_guard.h"

namespace migrator {
namespace {

std::string line_about(const OtherSession& holder, std::chrono::milliseconds waited) {
  return fmt::format("waiting for another migrator: {} ({} s so far)", describe(holder),
                     waited.count() / 1000);
}

Connection& guarded(Connection& connection) {
  guard_session(connection);
  return connection;
}

}  // namespace

RunLock::RunLock(const RunSite& site)
    : lock_(
          guarded(site.connection),
          AdvisoryLock::key_of(site.connection.database(), site.table.schema(), site.table.table()),
          site.options.lock_wait,
          [this, &site](OtherSession holder, std::chrono::milliseconds waited) {
            waited_ = true;
            if (!site.options.show_queries) holder.statement.clear();
            site.observer.still_waiting(line_about(holder, waited));
          },
          site.stop, site.observer.progress_interval()) {}

}  // namespace migrator
