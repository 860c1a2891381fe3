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
constexpr std::size_t kSessionColumns = 7;

bool says_true(const std::vector<Row>& rows) {
  return !rows.empty() && !rows.front().empty() && rows.front().front() == "t";
}

bool try_lock(Connection& connection, const Field& key) {
  return says_true(
      connection.query("select pg_catalog.pg_try_advisory_lock($1::bigint)", {&key, 1}));
}

std::string described(const std::optional<OtherSession>& holder) {
  return holder ? describe(*holder) : "a session that has just left, or that this role cannot see";
}

Error timed_out(const std::optional<OtherSession>& holder, milliseconds limit) {
  Finding finding;
  finding.id = "lock-timeout";
  finding.message = "another migrator holds the lock; gave up waiting after " + seconds_text(limit);
  finding.detail = "held by " + described(holder);
  finding.next = "wait until it is done and run again, or wait longer with --lock-wait";
  if (holder) {
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
  const auto rows =
      connection.query(fmt::format("select {}{}", kOtherSessionColumns, kHolder), {&parameter, 1});
  if (rows.empty()) return std::nullopt;
  OtherSession session = other_sessions_of(rows).front();
  session.since = rows.front().at(kSessionColumns).value_or("");
  return session;
}

AdvisoryLock::AdvisoryLock(Connection& connection, std::int64_t key, milliseconds limit,
                           const Waiting& waiting, std::stop_token stop, milliseconds tell_every)
    : connection_(connection), key_(key) {
  const Field parameter = std::to_string(key);
  const auto start = Clock::now();
  auto next_telling = start;
  milliseconds interval = shortest_pause;
  std::optional<OtherSession> holder;
  while (!try_lock(connection_, parameter)) {
    const auto now = Clock::now();
    const auto waited = std::chrono::duration_cast<milliseconds>(now - start);
    const bool over = waited >= limit;
    if (over || now >= next_telling) {
      if (const auto seen = AdvisoryLock::holder(connection_, key_)) holder = seen;
      if (holder && waiting && !over) waiting(*holder, waited);
      next_telling = now + tell_every;
    }
    if (over) throw timed_out(holder, limit);
    if (!pause(std::min(with_jitter(interval), limit - waited), stop)) throw stopped(holder);
    interval = std::min(interval * 3 / 2, longest_pause);
  }
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
