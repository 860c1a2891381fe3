#include "engine/pg/table_workers.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace migrator {
namespace {

// Progress is shown only of sessions whose role we belong to; locks are shown to everybody, and
// those who build without blocking writers hold this one from before their index is seen until
// after it is valid. Autovacuum holds it too, and has no user. A DETACH CONCURRENTLY holds nothing
// while it waits for old transactions: what it marked and its text tell.
constexpr std::string_view kWorkers = R"(
select a.pid,
       coalesce(a.usename::text, ''),
       coalesce(a.application_name, ''),
       case when a.query = '<insufficient privilege>' then ''
            else coalesce(pg_catalog.host(a.client_addr), 'local') end,
       coalesce(pg_catalog.to_char(a.query_start at time zone 'UTC',
                                   'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''),
       case when a.query = '<insufficient privilege>' then ''
            else coalesce(pg_catalog.left(pg_catalog.regexp_replace(a.query, '\s+', ' ', 'g'), 120),
                          '') end
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

TableWorker worker_of(const Row& row) {
  TableWorker worker{.user = row[1].value_or(""),
                     .application_name = row[2].value_or(""),
                     .client = row[3].value_or(""),
                     .since = row[4].value_or(""),
                     .statement = row[5].value_or("")};
  const std::string pid = row[0].value_or("");
  std::from_chars(pid.data(), pid.data() + pid.size(), worker.pid);
  return worker;
}

}  // namespace

std::vector<TableWorker> workers_on(Connection& connection, std::span<const std::string> tables) {
  if (tables.empty()) return {};
  const Field oids = fmt::format("{{{}}}", fmt::join(tables, ","));
  std::vector<TableWorker> workers;
  for (const Row& row : connection.query(kWorkers, {&oids, 1})) workers.push_back(worker_of(row));
  return workers;
}

std::string describe(const TableWorker& worker) {
  std::string text = fmt::format("process {}", worker.pid);
  if (!worker.application_name.empty()) text += fmt::format(" ({})", worker.application_name);
  text += " of user " + worker.user;
  if (worker.client == "local")
    text += ", on the server's host";
  else if (!worker.client.empty())
    text += ", from " + worker.client;
  if (!worker.since.empty()) text += ", since " + worker.since;
  if (!worker.statement.empty()) text += ", running: " + worker.statement;
  return text;
}

}  // namespace migrator
