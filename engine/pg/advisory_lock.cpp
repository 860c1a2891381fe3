#include "engine/pg/advisory_lock.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/error.h"
#include "engine/pg/pause.h"
#include "engine/project/checksum.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds shortest_pause{50};
constexpr milliseconds longest_pause{1000};
constexpr milliseconds telling_every{5000};

// An advisory key of 64 bits is shown in two halves; objsubid tells it from a pair of 32-bit keys.
// The query of another role's session is shown to few.
constexpr std::string_view holder_query = R"(
select l.pid,
       coalesce(a.application_name, ''),
       coalesce(pg_catalog.host(a.client_addr), 'local'),
       coalesce(pg_catalog.to_char(a.backend_start at time zone 'UTC',
                                   'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''),
       case when a.query = '<insufficient privilege>' then ''
            else coalesce(pg_catalog.left(pg_catalog.regexp_replace(a.query, '\s+', ' ', 'g'), 120),
                          '') end
from pg_catalog.pg_locks l
left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 1
  and l.database = (select d.oid from pg_catalog.pg_database d
                    where d.datname = pg_catalog.current_database())
  and l.classid::bigint = (($1::bigint >> 32) & 4294967295)
  and l.objid::bigint = ($1::bigint & 4294967295)
limit 1)";

bool says_true(const std::vector<Row>& rows) {
  return !rows.empty() && !rows.front().empty() && rows.front().front() == "t";
}

bool try_lock(Connection& connection, const Field& key) {
  return says_true(
      connection.query("select pg_catalog.pg_try_advisory_lock($1::bigint)", {&key, 1}));
}

std::optional<LockHolder> find_holder(Connection& connection, const Field& key) {
  const auto rows = connection.query(holder_query, {&key, 1});
  if (rows.empty()) return std::nullopt;
  const Row& row = rows.front();
  LockHolder holder{.application_name = row[1].value_or(""),
                    .client = row[2].value_or(""),
                    .since = row[3].value_or(""),
                    .query = row[4].value_or("")};
  const std::string pid = row[0].value_or("");
  std::from_chars(pid.data(), pid.data() + pid.size(), holder.pid);
  return holder;
}

std::string describe(const std::optional<LockHolder>& holder) {
  if (!holder) return "a session that has just left, or that this role cannot see";
  std::string text = "process " + std::to_string(holder->pid);
  if (!holder->application_name.empty()) text += " (" + holder->application_name + ")";
  text += holder->client == "local" ? " on the server's host" : " from " + holder->client;
  if (!holder->since.empty()) text += ", connected since " + holder->since;
  return text;
}

Error timed_out(const std::optional<LockHolder>& holder, milliseconds limit) {
  Finding finding;
  finding.id = "lock-timeout";
  finding.message = "another migrator holds the lock; gave up waiting after " + seconds_text(limit);
  finding.detail = "held by " + describe(holder);
  if (holder && !holder->query.empty()) finding.detail += "\nits statement: " + holder->query;
  finding.next = "wait until it is done and run again, or wait longer with --lock-wait";
  if (holder) {
    finding.next += "; a session without an owner is ended by SELECT pg_terminate_backend(" +
                    std::to_string(holder->pid) + ")";
  }
  return Error(ErrorKind::lock, std::move(finding));
}

Error stopped(const std::optional<LockHolder>& holder) {
  return Error(ErrorKind::lock, Finding{.id = "cancelled",
                                        .message = "stopped while waiting for the lock",
                                        .detail = "held by " + describe(holder),
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

AdvisoryLock::AdvisoryLock(
    Connection& connection, std::int64_t key, milliseconds limit,
    const std::function<void(const LockHolder&, milliseconds waited)>& waiting,
    std::stop_token stop)
    : connection_(connection), key_(key) {
  const Field parameter = std::to_string(key);
  const auto start = Clock::now();
  auto next_telling = start;
  milliseconds interval = shortest_pause;
  std::optional<LockHolder> holder;
  while (!try_lock(connection_, parameter)) {
    const auto now = Clock::now();
    const auto waited = std::chrono::duration_cast<milliseconds>(now - start);
    const bool over = waited >= limit;
    if (over || now >= next_telling) {
      if (const auto seen = find_holder(connection_, parameter)) holder = seen;
      if (holder && waiting && !over) waiting(*holder, waited);
      next_telling = now + telling_every;
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
