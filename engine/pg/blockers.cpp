#include "engine/pg/blockers.h"

#include <fmt/format.h>

#include <charconv>
#include <string>

#include "engine/pg/other_session.h"

namespace migrator {
namespace {

// Each waiting process is asked once who blocks it, for that stops all who lock something; and in a
// storm of locks the first two hundred tell enough. A prepared transaction has no process: it
// blocks as 0. One that waits in front of us has no lock yet, and blocks all the same.
constexpr std::string_view kChain = R"(
with recursive waiting (pid) as materialized (
  select distinct l.pid from pg_catalog.pg_locks l
  where not l.granted and l.pid is not null
  order by l.pid limit 200
), edges (waiter, blocker) as materialized (
  select w.pid, b.pid
  from (select pid from waiting union select $1::pg_catalog.int4) w,
       lateral (select distinct pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) as pid) b
  union
  select p.pid, p.current_locker_pid::pg_catalog.int4
  from pg_catalog.pg_stat_progress_create_index p where p.current_locker_pid <> 0
), chain (pid, distance) as (
  select $1::pg_catalog.int4, 0
  union
  select e.blocker, c.distance + 1 from chain c join edges e on e.waiter = c.pid
  where c.distance < 4
), nearest as (
  select distinct on (e.blocker) e.blocker as pid, e.waiter as blocks, c.distance
  from chain c join edges e on e.waiter = c.pid
  where e.blocker <> $1::pg_catalog.int4
  order by e.blocker, c.distance, e.waiter
)
)";

// The object is that which the one behind waits for.
constexpr std::string_view kLock = R"(
  coalesce((select (case when h.granted then '' else 'waiting for ' end) || h.mode ||
                   coalesce(' on ' || h.relation::pg_catalog.regclass::pg_catalog.text, '')
            from pg_catalog.pg_locks w join pg_catalog.pg_locks h
              on h.pid is not distinct from nullif(n.pid, 0) and h.locktype = w.locktype
             and (h.database, h.relation, h.page, h.tuple, h.virtualxid, h.transactionid,
                  h.classid, h.objid, h.objsubid)
                 is not distinct from
                 (w.database, w.relation, w.page, w.tuple, w.virtualxid, w.transactionid,
                  w.classid, w.objid, w.objsubid)
            where w.pid = n.blocks and not w.granted
              and w.locktype not in ('virtualxid', 'transactionid')
            order by h.granted desc, pg_catalog.length(h.mode) desc
            limit 1), ''))";

constexpr std::string_view kRest = R"(,
  n.pid,
  case when n.blocks = $1::pg_catalog.int4 then 0 else n.blocks end,
  pg_catalog.floor(extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)),
)";

constexpr std::string_view kFrom = R"(
from nearest n left join pg_catalog.pg_stat_activity a on a.pid = n.pid
order by n.distance, a.xact_start, n.pid)";

int number_in(const Field& field) {
  int number = 0;
  const std::string text = field.value_or("");
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// "AccessShareLock on users" -> "ACCESS SHARE on users".
std::string readable(const std::string& lock) {
  constexpr std::string_view kLockWord = "Lock";
  const std::size_t end = lock.find(kLockWord);
  if (end == std::string::npos) return lock;
  std::string text;
  std::size_t begin = lock.starts_with("waiting for ") ? 12 : 0;
  text.append(lock, 0, begin);
  for (std::size_t i = begin; i < end; ++i) {
    const char c = lock[i];
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && i > begin) text += ' ';
    text += upper ? c : static_cast<char>(c - 'a' + 'A');
  }
  return text + lock.substr(end + kLockWord.size());
}

}  // namespace

std::vector<OtherSession> blockers_of(Connection& watcher, int pid) {
  const Field parameter = std::to_string(pid);
  OtherSessions found = query_other_sessions(watcher, fmt::format("{}{}{}", kRest, kLock, kFrom),
                                             {&parameter, 1}, kChain);
  for (std::size_t i = 0; i < found.rows.size(); ++i) {
    OtherSession& session = found.sessions[i];
    const Row& row = found.rows[i];
    session.pid = number_in(row[0]);  // also of one that has just left
    session.blocks = number_in(row[1]);
    if (row[2]) session.transaction_age = std::chrono::seconds(number_in(row[2]));
    session.lock = readable(row[3].value_or(""));
    if (session.pid == 0) session.state = "a prepared transaction";
  }
  return std::move(found.sessions);
}

}  // namespace migrator
