#include "engine/pg/at_work.h"

#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "engine/pg/activity.h"
#include "engine/pg/other_session.h"

namespace migrator {
namespace {

// An advisory key of 64 bits is shown in two halves; objsubid tells it from a pair of 32-bit keys.
constexpr std::string_view kHolds = R"(with holds as (
  select l.pid from pg_catalog.pg_locks l
  where l.locktype = 'advisory' and l.granted and l.objsubid = 1
    and l.database = (select d.oid from pg_catalog.pg_database d
                      where d.datname = pg_catalog.current_database())
    and l.classid::bigint = (($1::bigint >> 32) & 4294967295)
    and l.objid::bigint = ($1::bigint & 4294967295)))";

// Behind a pooler only a transaction has the lock, and the name stays on a session that rests.
constexpr std::string_view kRest = R"(,
  coalesce(pg_catalog.floor(extract(epoch from pg_catalog.clock_timestamp() - a.query_start)
                            * 1000), 0)::bigint,
  h.pid is not null
from pg_catalog.pg_stat_activity a left join holds h on h.pid = a.pid
where a.datname = pg_catalog.current_database() and a.pid <> pg_catalog.pg_backend_pid()
  and (h.pid is not null
       or (pg_catalog.starts_with(a.application_name, 'migrator ')
           and pg_catalog.strpos(a.application_name, '): ') > 0 and a.state <> 'idle'))
order by h.pid is null, a.query_start limit 1)";

/// "migrator 0.1.0 (9f0c2a11): 3_orders.sql" -> "3_orders.sql"
std::string file_in(std::string_view name) {
  constexpr std::string_view kMark = "): ";
  const std::size_t at = name.find(kMark);
  if (!name.starts_with("migrator ") || at == std::string_view::npos) return {};
  return std::string(name.substr(at + kMark.size()));
}

}  // namespace

std::optional<AtWork> at_work(Connection& connection, std::int64_t lock_key) {
  const Field key = std::to_string(lock_key);
  OtherSessions found = query_other_sessions(connection, kRest, {&key, 1}, kHolds);
  if (found.sessions.empty()) return std::nullopt;
  AtWork work{.migrator = std::move(found.sessions.front())};
  hide_text(work.migrator);  // whatever it calls itself
  work.has_lock = found.rows.front().at(1) == "t";
  work.file = file_in(work.migrator.application_name);
  work.is_executing = work.migrator.state == "active";
  if (!work.is_executing) return work;
  const std::string elapsed = found.rows.front().at(0).value_or("0");
  std::int64_t milliseconds = 0;
  std::from_chars(elapsed.data(), elapsed.data() + elapsed.size(), milliseconds);
  work.elapsed = std::chrono::milliseconds(milliseconds);
  Activity activity = activity_of(connection, work.migrator.pid);
  work.phase = std::move(activity.phase);
  work.share = activity.share;
  work.rows = activity.rows;
  work.blockers = std::move(activity.blockers);
  return work;
}

}  // namespace migrator
