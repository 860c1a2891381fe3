#include "engine/pg/table_workers.h"

#include <fmt/format.h>

#include <string_view>

#include "engine/pg/other_session.h"

namespace migrator {
namespace {

// Progress is shown only of sessions whose role we belong to; locks are shown to everybody, and
// those who build without blocking writers hold this one from before their index is seen until
// after it is valid. Autovacuum holds it too, and has no user. A DETACH CONCURRENTLY holds nothing
// while it waits for old transactions: what it marked and its text tell.
constexpr std::string_view kWorkers = R"(
from pg_catalog.pg_stat_activity a
where a.datname = pg_catalog.current_database()
  and a.pid <> pg_catalog.pg_backend_pid()
  and a.usesysid is not null
  and coalesce(a.backend_type, '') <> 'parallel worker'
  and (exists (select from pg_catalog.pg_stat_progress_create_index p
               where p.pid = a.pid and p.relid = any($1::pg_catalog.oid[]))
       or (exists (select from pg_catalog.pg_locks l
                   where l.pid = a.pid and l.locktype = 'relation'
                     and l.database = (select d.oid from pg_catalog.pg_database d
                                       where d.datname = pg_catalog.current_database())
                     and l.relation = any($1::pg_catalog.oid[])
                     and l.mode = 'ShareUpdateExclusiveLock')
           and (a.query = '<insufficient privilege>'
                or (a.state = 'active' and a.query ~* '\m(index|reindex|detach)\M')))
       or (a.state = 'active' and a.query ~* '\mdetach\M.*\mconcurrently\M'
           and exists (select from pg_catalog.pg_inherits h
                       join pg_catalog.pg_class c on c.oid = h.inhrelid
                       where (h.inhparent = any($1::pg_catalog.oid[])
                              or h.inhrelid = any($1::pg_catalog.oid[]))
                         and pg_catalog.to_jsonb(h) ->> 'inhdetachpending' = 'true'
                         and pg_catalog.strpos(pg_catalog.lower(a.query),
                                               pg_catalog.lower(c.relname::text)) > 0)))
order by a.query_start)";

}  // namespace

std::vector<OtherSession> workers_on(Connection& connection, std::span<const std::string> tables) {
  if (tables.empty()) return {};
  const Field oids = fmt::format("{{{}}}", fmt::join(tables, ","));
  return query_other_sessions(connection, kWorkers, {&oids, 1}).sessions;
}

}  // namespace migrator
