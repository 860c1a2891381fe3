#include "engine/run/run_lock.h"

#include <fmt/format.h>

namespace migrator {
namespace {

std::string line_about(const LockHolder& holder, std::chrono::milliseconds waited) {
  std::string line =
      fmt::format("waiting for another migrator: pid {}, {}, from {}, since {}", holder.pid,
                  holder.application_name.empty() ? "(no name)" : holder.application_name,
                  holder.client, holder.since);
  if (!holder.query.empty()) line += fmt::format(", running: {}", holder.query);
  return line + fmt::format(" ({} s so far)", waited.count() / 1000);
}

}  // namespace

RunLock::RunLock(const RunSite& site)
    : lock_(
          site.connection,
          AdvisoryLock::key_of(site.connection.database(), site.table.schema(), site.table.table()),
          site.options.lock_wait,
          [this, &site](const LockHolder& holder, std::chrono::milliseconds waited) {
            waited_ = true;
            site.observer.waiting(line_about(holder, waited));
          },
          site.stop) {}

}  // namespace migrator
