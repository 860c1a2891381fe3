#include "engine/pg/advisory_lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/error.h"
#include "engine/pg/other_session.h"
#include "engine/pg/pause.h"
#include "engine/project/checksum.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds shortest_pause{50};
constexpr milliseconds longest_pause{1000};

// An advisory key of 64 bits is shown in two halves; objsubid tells it from a pair of 32-bit keys.
constexpr std::string_view kHolder = R"(,
  coalesce(pg_catalog.to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
from pg_catalog.pg_locks l
left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 1
  and l.database = (select d.oid from pg_catalog.pg_database d
                    where d.datname = pg_catalog.current_database())
  and l.classid::bigint = (($1::bigint >> 32) & 4294967295)
  and l.objid::bigint = ($1::bigint & 4294967295)
limit 1)";

std::string described(const std::optional<OtherSession>& holder) {
  return holder ? describe(*holder) : "a session that has just left, or that this role cannot see";
}

Error timed_out(const std::optional<OtherSession>& holder, milliseconds limit, bool is_pooled) {
  Finding finding;
  finding.id = "lock-timeout";
  finding.message = "another migrator holds the lock; gave up waiting after " + seconds_text(limit);
  finding.detail = "held by " + described(holder);
  finding.next = "wait until it is done and run again, or wait longer with --lock-wait";
  // Behind a pooler it may serve somebody else by now.
  if (holder && !is_pooled) {
    finding.next += "; a session without an owner is ended by SELECT pg_terminate_backend(" +
                    std::to_string(holder->pid) + ")";
  }
  return Error(ErrorKind::lock, std::move(finding));
}

Error stopped(const std::optional<OtherSession>& holder) {
  return Error(ErrorKind::lock, Finding{.id = "cancelled",
                                        .message = "stopped while waiting for the lock",
                                        .detail = "held by " + described(holder),
                                        .next = "run the same command again"});
}

}  // namespace

std::int64_t AdvisoryLock::key_of(std::string_view database, std::string_view schema,
                                  std::string_view table) {
  std::string name = "migrator lock:";
  name.append(database).append(1, '\0').append(schema).append(1, '\0').append(table);
  const std::string digits = sha256(name);
  std::uint64_t key = 0;
  std::from_chars(digits.data(), digits.data() + 16, key, 16);
  return static_cast<std::int64_t>(key);
}

std::optional<OtherSession> AdvisoryLock::holder(Connection& connection, std::int64_t key) {
  const Field parameter = std::to_string(key);
  OtherSessions found = query_other_sessions(connection, kHolder, {&parameter, 1});
  if (found.sessions.empty()) return std::nullopt;
  found.sessions[0].since = found.rows[0].at(0).value_or("");
  hide_text(found.sessions[0]);  // whatever it calls itself
  return found.sessions[0];
}

Query try_for_lock(std::int64_t key, LockScope scope) {
  return {.sql = scope == LockScope::session
                     ? "select pg_catalog.pg_try_advisory_lock($1::bigint)"
                     : "select pg_catalog.pg_try_advisory_xact_lock($1::bigint)",
          .parameters = {std::to_string(key)}};
}

bool try_advisory_lock(Connection& connection, std::int64_t key, LockScope scope) {
  return connection.query(try_for_lock(key, scope)).at(0).at(0) == "t";
}

void wait_for_advisory_locks(Connection& connection, const TryForLocks& try_once,
                             const LockWaitOptions& options) {
  const auto start = Clock::now();
  auto next_telling = start;
  milliseconds interval = shortest_pause;
  std::optional<std::int64_t> awaited;
  std::optional<OtherSession> holder;
  while (const auto taken = try_once()) {
    const auto now = Clock::now();
    const auto waited = std::chrono::duration_cast<milliseconds>(now - start);
    const bool over = waited >= options.limit;
    if (std::exchange(awaited, taken) != taken) {
      holder.reset();
      next_telling = now;
    }
    if (over || now >= next_telling) {
      if (const auto seen = AdvisoryLock::holder(connection, *taken)) holder = seen;
      if (holder && options.waiting && !over) options.waiting(*holder, waited);
      // Who has just left has made room for another, whom the next look finds.
      if (holder) next_telling = now + options.tell_every;
    }
    if (over) throw timed_out(holder, options.limit, connection.is_pooled());
    if (!pause(std::min(with_jitter(interval), options.limit - waited), options.stop))
      throw stopped(holder);
    interval = std::min(interval * 3 / 2, longest_pause);
  }
}

void wait_for_advisory_lock(Connection& connection, std::int64_t key,
                            const std::function<bool()>& try_once, const LockWaitOptions& options) {
  wait_for_advisory_locks(
      connection, [&] { return try_once() ? std::nullopt : std::optional(key); }, options);
}

std::string waiting_line(const OtherSession& holder, milliseconds waited) {
  return fmt::format("waiting for another migrator: {} ({} s so far)", describe(holder),
                     waited.count() / 1000);
}

AdvisoryLock::AdvisoryLock(Connection& connection, std::int64_t key, milliseconds limit,
                           const LockWaiting& waiting, std::stop_token stop,
                           milliseconds tell_every)
    : AdvisoryLock(
          connection, key,
          {.limit = limit, .tell_every = tell_every, .waiting = waiting, .stop = std::move(stop)},
          /*has_it=*/false) {}

AdvisoryLock::AdvisoryLock(Connection& connection, std::int64_t key, const LockWaitOptions& options,
                           bool has_it)
    : connection_(connection), key_(key) {
  if (has_it) return;
  wait_for_advisory_lock(
      connection_, key_, [&] { return try_advisory_lock(connection_, key_, LockScope::session); },
      options);
}

AdvisoryLock::~AdvisoryLock() {
  if (!connection_.is_alive()) return;
  try {
    const Field parameter = std::to_string(key_);
    connection_.query("select pg_catalog.pg_advisory_unlock($1::bigint)", {&parameter, 1});
  } catch (const std::exception&) {
    // The end of the session releases it as well.
  }
}

}  // namespace migrator
