#include "engine/pg/schema_statements.h"

#include <array>
#include <string_view>

#include "engine/base/error.h"
#include "engine/pg/pipeline.h"
#include "engine/pg/script.h"

namespace migrator {
namespace {

// With an empty search_path the server writes every name with its schema, but for its own.
constexpr std::string_view kBegin = "begin transaction isolation level repeatable read, read only";
constexpr std::string_view kNames = "set local search_path = ''";
constexpr std::string_view kPatience = "set local lock_timeout = '5s'";

// Of each query the statements, in order.
constexpr auto kQueries = std::to_array<std::string_view>({
    R"(
select pg_catalog.format('create schema %I', nspname)
from pg_catalog.pg_namespace
where nspname !~ '^pg_' and nspname not in ('information_schema', 'public') order by nspname)",
    R"(
select pg_catalog.format('create type %I.%I as enum ()', n.nspname, t.typname)
from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'e' and n.nspname !~ '^pg_' order by 1)",
    R"(
select pg_catalog.format('create domain %I.%I as %s%s', n.nspname, t.typname,
  pg_catalog.format_type(t.typbasetype, t.typtypmod),
  case when t.typnotnull or exists (select from pg_catalog.pg_constraint c
                                    where c.contypid = t.oid and c.contype = 'c')
       then ' check (value is not null)' else '' end)
from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'd' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by t.oid)",
    // A volatile one is what a function is that says nothing.
    R"(
select pg_catalog.format('create function %I.%I() returns void language %I %s as %L', n.nspname,
  p.proname, l.lanname,
  case when pg_catalog.bool_or(p.provolatile = 'v') then 'volatile' else 'stable' end,
  case when l.lanname = 'plpgsql'
       then pg_catalog.string_agg(pg_catalog.left(p.prosrc, 10000), E'\n' order by p.oid) else '' end)
from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
where p.prokind = 'f' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
group by n.nspname, p.proname, l.lanname order by n.nspname, p.proname)",
    // Parents come before their partitions.
    R"(
select case when c.relispartition
    then pg_catalog.format('create table %I.%I partition of %s %s', n.nspname, c.relname,
      (select i.inhparent::pg_catalog.regclass from pg_catalog.pg_inherits i
       where i.inhrelid = c.oid limit 1),
      pg_catalog.pg_get_expr(c.relpartbound, c.oid))
    else pg_catalog.format('create %stable %I.%I (%s)',
      case when c.relpersistence = 'u' then 'unlogged ' else '' end, n.nspname, c.relname,
      (select coalesce(pg_catalog.string_agg(pg_catalog.format('%I %s%s', a.attname,
          pg_catalog.format_type(a.atttypid, a.atttypmod),
          case when a.attnotnull then ' not null' else '' end), ', ' order by a.attnum), '')
       from pg_catalog.pg_attribute a
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)) end
  || case when c.relkind = 'p' then ' partition by ' || pg_catalog.pg_get_partkeydef(c.oid)
          else '' end
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
order by (case when c.relispartition
               then (select pg_catalog.count(*) from pg_catalog.pg_partition_ancestors(c.oid))
               else 0 end), n.nspname, c.relname)",
    // Those that the grammar does not know are passed over, each by itself.
    R"(
select pg_catalog.format('alter table %I.%I add constraint %I %s', n.nspname, c.relname, k.conname,
  pg_catalog.pg_get_constraintdef(k.oid))
from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where k.contype in ('p', 'u', 'c', 'f', 'x') and c.relpersistence <> 't' and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
order by pg_catalog.strpos('puxcf', k.contype::text), n.nspname, c.relname, k.conname)",
    R"(
select case when c.relkind = 'v' then 'create view ' else 'create materialized view ' end
  || pg_catalog.format('%I.%I as ', n.nspname, c.relname)
  || pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';')
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('v', 'm') and c.relpersistence <> 't' and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
order by c.oid)",
    // An index that was never finished proves nothing.
    R"(
select pg_catalog.pg_get_indexdef(i.indexrelid)
from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where i.indisvalid and c.relpersistence <> 't' and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and not exists (select from pg_catalog.pg_constraint k
                  where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
order by n.nspname, c.relname, i.indexrelid)",
});

}  // namespace

std::vector<std::string> schema_statements(Connection& connection) {
  std::vector<Query> queries;
  for (const std::string_view sql : {kBegin, kNames, kPatience})
    queries.push_back({std::string(sql)});
  const std::size_t first = queries.size();
  for (const std::string_view sql : kQueries) queries.push_back({std::string(sql)});
  queries.push_back({"commit"});
  try {
    std::vector<std::string> statements;
    const std::vector<Reply> replies = run_together(connection, queries);
    for (std::size_t i = first; i + 1 < replies.size(); ++i)
      for (const Row& row : replies[i].rows)
        if (row[0]) statements.push_back(*row[0]);
    return statements;
  } catch (const Error&) {
    if (connection.is_alive()) run_quick_command(connection, "rollback");
    throw;
  }
}

}  // namespace migrator
