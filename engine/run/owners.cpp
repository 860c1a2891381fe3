#include "engine/run/owners.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "engine/base/error.h"
#include "engine/pg/advisory_lock.h"
#include "engine/pg/pause.h"
#include "engine/pg/predecessor.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{2000};

std::string at_what(const AppliedMigration& row) {
  return fmt::format("{}, statement {} of {}",
                     row.version ? fmt::format("{}_{}", row.id, row.name) : row.name,
                     std::min(row.statements_done + 1, row.statements_total), row.statements_total);
}

std::string leaseholder(const AppliedMigration& row) {
  return fmt::format("a migrator on {}, as {}, since {}",
                     row.application_host.empty() ? "an unknown host" : row.application_host,
                     row.applied_by, row.started_at);
}

/// One whose state this role may not see may be: who waits in vain loses nothing.
bool is_at_work(const OtherSession& session) {
  return session.state != "idle" && session.state != "disabled";
}

/// Who is at work on the row; nothing when nobody is any more.
std::optional<std::string> owner_of(const RunSite& site, const AppliedMigration& row) {
  if (row.lease_holds && *row.lease_holds) return leaseholder(row);
  auto sessions = sessions_of_run(site.connection, row.run_id);
  // The name of a run stays on sessions of a pool, when they have nothing to do any more. But one
  // that runs its statement lives, though nothing may be left in the pool to renew its lease by.
  if (row.lease_holds) std::erase_if(sessions, std::not_fn(is_at_work));
  if (!sessions.empty()) return describe(sessions.front());
  if (row.lease_holds) return std::nullopt;
  if (!site.connection.is_pooled()) return std::nullopt;
  // One with a session of its own holds the lock, which this run cannot have.
  if (const auto holder =
          AdvisoryLock::holder(site.connection, site.table.lock_key(site.connection)))
    return describe(*holder);
  return std::nullopt;
}

struct Owner {
  AppliedMigration row;
  std::string who;
};

std::optional<Owner> first_owner(const RunSite& site, const History& history) {
  for (const AppliedMigration& row : history.rows) {
    if (row.state != StepState::started || row.run_id == site.options.runner.run_id) continue;
    if (auto who = owner_of(site, row)) return Owner{row, std::move(*who)};
  }
  return std::nullopt;
}

Error ended(const Owner& owner, std::string id, std::string message) {
  return Error(ErrorKind::lock,
               {.id = std::move(id),
                .message = std::move(message),
                .detail = fmt::format("{} is run by {}", at_what(owner.row), owner.who),
                .next = "wait until it is done and run again, or wait longer with --lock-wait"});
}

/// True when it had to wait: what was read is old then.
bool wait_for_owners(const RunSite& site, const History& history) {
  auto owner = first_owner(site, history);
  if (!owner) return false;
  const auto begun = Clock::now();
  const auto limit = site.options.lock_wait;
  auto tell_at = begun;
  for (milliseconds next = kFirstPause; owner; next = std::min(next * 3 / 2, kLongestPause)) {
    const auto now = Clock::now();
    const auto waited = std::chrono::duration_cast<milliseconds>(now - begun);
    if (waited >= limit)
      throw ended(*owner, "lock-timeout",
                  "another migrator is at work; gave up waiting after " + seconds_text(limit));
    if (now >= tell_at) {
      site.observer.still_waiting(
          fmt::format("waiting for another migrator: {}, run by {} ({} s so far)",
                      at_what(owner->row), owner->who, waited.count() / 1000));
      tell_at = now + site.observer.progress_interval();
    }
    if (!pause(std::min(with_jitter(next), limit - waited), site.stop))
      throw ended(*owner, "cancelled", "stopped while another migrator was at work");
    owner = first_owner(site, site.table.read(site.connection).history);
  }
  return true;
}

}  // namespace

std::unique_ptr<Reading> read_when_free(const RunSite& site, const Project& project, bool& waited) {
  for (;;) {
    auto reading = std::make_unique<Reading>(site.connection, site.table, project);
    if (!wait_for_owners(site, reading->history())) return reading;
    waited = true;
  }
}

}  // namespace migrator
