#include "engine/pg/blockers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "engine/pg/other_session.h"

namespace migrator {
namespace {

// A prepared transaction has no process: it blocks as 0. One that waits in front of us has no lock
// yet, and blocks all the same.
constexpr std::string_view kChain = R"(
with recursive chain (pid, blocks, path) as (
  select b.pid, $1::pg_catalog.int4, array[$1::pg_catalog.int4, b.pid]
  from (select distinct pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::pg_catalog.int4)) as pid
        union
        select p.current_locker_pid::pg_catalog.int4 from pg_catalog.pg_stat_progress_create_index p
        where p.pid = $1::pg_catalog.int4 and p.current_locker_pid <> 0) b
  union all
  select n.pid, c.pid, c.path || n.pid
  from chain c,
       lateral (select distinct
                       pg_catalog.unnest(pg_catalog.pg_blocking_pids(c.pid)) as pid) n
  where c.pid <> 0 and n.pid <> all (c.path) and pg_catalog.cardinality(c.path) < 6
), nearest as (
  select distinct on (pid) pid, blocks, pg_catalog.cardinality(path) as distance
  from chain order by pid, pg_catalog.cardinality(path))
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

std::vector<OtherSession> blockers_of(Connection& watcher, int pid, bool show_queries) {
  const Field parameter = std::to_string(pid);
  const auto rows = watcher.query(
      fmt::format("{} select {}{}{}{}", kChain, kOtherSessionColumns, kRest, kLock, kFrom),
      {&parameter, 1});
  std::vector<OtherSession> sessions = other_sessions_of(rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    OtherSession& session = sessions[i];
    session.blocks = number_in(rows[i][7]);
    if (rows[i][8]) session.transaction_age = std::chrono::seconds(number_in(rows[i][8]));
    session.lock = readable(rows[i][9].value_or(""));
    if (session.pid == 0) session.state = "a prepared transaction";
    if (!show_queries) session.statement.clear();
  }
  return sessions;
}

}  // namespace migrator
