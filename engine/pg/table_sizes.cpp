#include "engine/pg/table_sizes.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace migrator {
namespace {

// A partitioned table is as large as its partitions. Rows: -1 stands for never analyzed.
constexpr std::string_view kTables = R"(
with tables as (
  select c.oid, n.nspname, c.relname, c.relkind
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm', 'p') and c.relpersistence <> 't'
    and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
), parts as (
  select t.oid as whole, t.oid as part from tables t where t.relkind <> 'p'
  union all
  select t.oid, p.relid from tables t, pg_catalog.pg_partition_tree(t.oid) p
  where t.relkind = 'p' and p.isleaf and p.relid <> t.oid
), sizes as (
  select p.whole,
    case when c.reltuples >= 0 then c.reltuples
         when coalesce(pg_catalog.pg_relation_size(c.oid), 0) = 0 then 0
         else nullif(s.n_live_tup, 0) end as rows,
    coalesce(pg_catalog.pg_total_relation_size(c.oid), 0) as bytes,
    coalesce(pg_catalog.pg_relation_size(c.oid), 0) as heap,
    coalesce(pg_catalog.pg_indexes_size(c.oid), 0) as indexes,
    coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0) as reads,
    coalesce(s.n_tup_ins, 0) + coalesce(s.n_tup_upd, 0) + coalesce(s.n_tup_del, 0) as writes
  from parts p join pg_catalog.pg_class c on c.oid = p.part
  left join pg_catalog.pg_stat_user_tables s on s.relid = c.oid
)
select t.nspname, t.relname, t.relkind,
  case when pg_catalog.bool_and(s.rows is not null or s.whole is null)
       then coalesce(pg_catalog.sum(s.rows), 0)::bigint end,
  coalesce(pg_catalog.sum(s.bytes), 0), coalesce(pg_catalog.sum(s.heap), 0),
  coalesce(pg_catalog.sum(s.indexes), 0), coalesce(pg_catalog.sum(s.reads), 0),
  coalesce(pg_catalog.sum(s.writes), 0)
from tables t left join sizes s on s.whole = t.oid
group by 1, 2, 3 order by 1, 2)";

// Where they were never reset they count since the server's start at the longest: crashes aside,
// counters outlive it, so that the rate is an upper bound.
constexpr std::string_view kSince = R"(
select case when stats_reset is null then 'start' else 'reset' end,
  extract(epoch from pg_catalog.now() -
    coalesce(stats_reset, pg_catalog.pg_postmaster_start_time()))::bigint
from pg_catalog.pg_stat_database where datname = pg_catalog.current_database())";

constexpr std::string_view kSettings = R"(
select name, pg_catalog.current_setting(name) from pg_catalog.pg_settings
where name in ('TimeZone', 'idle_in_transaction_session_timeout', 'lock_timeout',
  'maintenance_work_mem', 'max_parallel_maintenance_workers', 'max_wal_size', 'shared_buffers',
  'statement_timeout', 'wal_level')
order by name collate "C")";

std::int64_t number_of(const Field& field) {
  return std::stoll(field.value_or("0"));
}

std::string kind_of(const Field& relkind) {
  if (relkind == "p") return "partitioned table";
  return relkind == "m" ? "materialized view" : "table";
}

/// With one digit behind the point, so that a file does not change with every second.
std::optional<double> rate(std::int64_t count, std::int64_t seconds) {
  if (seconds <= 0) return std::nullopt;
  return std::round(static_cast<double>(count) * 10 / static_cast<double>(seconds)) / 10;
}

}  // namespace

DatabaseStats read_stats(Connection& connection) {
  DatabaseStats stats{.server_version = connection.server_version()};
  // Those of the server, before ours.
  for (const Row& row : connection.query(kSettings))
    stats.settings.emplace_back(row[0].value_or(""), row[1].value_or(""));
  connection.query("select pg_catalog.set_config('lock_timeout', '5s', false)");
  for (const Row& row : connection.query(kSince)) {
    stats.since = row[0].value_or("");
    stats.seconds = std::max<std::int64_t>(number_of(row[1]), 0);
  }
  for (const Row& row : connection.query(kTables)) {
    TableSize size{.kind = kind_of(row[2]),
                   .bytes = number_of(row[4]),
                   .heap = number_of(row[5]),
                   .indexes = number_of(row[6]),
                   .reads_per_second = rate(number_of(row[7]), stats.seconds),
                   .writes_per_second = rate(number_of(row[8]), stats.seconds)};
    if (row[3]) size.rows = number_of(row[3]);
    stats.tables.emplace(ObjectName{row[0].value_or(""), row[1].value_or("")}, std::move(size));
  }
  return stats;
}

}  // namespace migrator
