#include "engine/pg/sight.h"

#include <charconv>
#include <string_view>

namespace migrator {
namespace {

// One row for each object: key, kind, schema, name, key of parent, key of root, file, invalid.
constexpr std::string_view kObjects = R"(
with s as (
  select oid, nspname from pg_catalog.pg_namespace
  where nspname not like 'pg\_%' and nspname <> 'information_schema'),
own as (
  select classid, objid from pg_catalog.pg_depend where deptype = 'e'),
r as (
  select c.oid, s.nspname, c.relname, c.relkind, c.relispartition
  from pg_catalog.pg_class c join s on s.oid = c.relnamespace
  where not exists (select from own where classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                                      and objid = c.oid))
select 'r' || r.oid,
       case r.relkind when 'r' then 'table' when 'p' then 'table' when 'v' then 'view'
                      when 'm' then 'materialized view' when 'S' then 'sequence'
                      when 'f' then 'foreign table' when 'c' then 'type' else 'index' end,
       r.nspname, r.relname,
       'r' || coalesce(i.indrelid, (
         select d.refobjid from pg_catalog.pg_depend d
         where r.relkind = 'S' and d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
           and d.objid = r.oid and d.refclassid = d.classid and d.deptype in ('a', 'i') limit 1)),
       case when r.relispartition then 'r' || pg_catalog.pg_partition_root(r.oid)::pg_catalog.oid end,
       pg_catalog.pg_relation_filenode(r.oid)::text,
       (r.relkind = 'i' and not i.indisvalid)::text
from r left join pg_catalog.pg_index i on i.indexrelid = r.oid
union all
select 'a' || r.oid || '.' || a.attnum, 'column', '', a.attname, 'r' || r.oid, null, null, null
from r join pg_catalog.pg_attribute a on a.attrelid = r.oid
where r.relkind in ('r', 'p', 'f', 'c') and a.attnum > 0 and not a.attisdropped
union all
select 'c' || c.oid, 'constraint', '', c.conname,
       case when c.conrelid <> 0 then 'r' || c.conrelid else 'y' || c.contypid end, null, null, null
from pg_catalog.pg_constraint c join s on s.oid = c.connamespace where c.contype <> 'n'
union all
select 't' || t.oid, 'trigger', '', t.tgname, 'r' || t.tgrelid, null, null, null
from pg_catalog.pg_trigger t join r on r.oid = t.tgrelid where not t.tgisinternal
union all
select 'p' || p.oid, 'policy', '', p.polname, 'r' || p.polrelid, null, null, null
from pg_catalog.pg_policy p join r on r.oid = p.polrelid
union all
select 'd' || d.oid, 'default', '', a.attname, 'a' || d.adrelid || '.' || d.adnum, null, null, null
from pg_catalog.pg_attrdef d join r on r.oid = d.adrelid
join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
union all
select 'f' || f.oid, 'function', s.nspname, f.proname, null, null, null, null
from pg_catalog.pg_proc f join s on s.oid = f.pronamespace
where not exists (select from own where classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                                    and objid = f.oid)
union all
select 'y' || y.oid, case y.typtype when 'd' then 'domain' else 'type' end, s.nspname, y.typname,
       null, null, null, null
from pg_catalog.pg_type y join s on s.oid = y.typnamespace
where y.typtype in ('d', 'e', 'r')
  and not exists (select from own where classid = 'pg_catalog.pg_type'::pg_catalog.regclass
                                    and objid = y.oid)
union all
select 'n' || s.oid, 'schema', '', s.nspname, null, null, null, null from s
union all
select 'e' || e.oid, 'extension', '', e.extname, null, null, null, null
from pg_catalog.pg_extension e)";

constexpr std::string_view kDoings = R"(
select 'l', 'r' || l.relation, l.mode, null, null, null
from pg_catalog.pg_locks l
where l.pid = pg_catalog.pg_backend_pid() and l.granted and l.locktype = 'relation'
  and l.database = (select oid from pg_catalog.pg_database
                    where datname = pg_catalog.current_database())
  and l.relation >= 16384
union all
select 's', 'r' || c.relid, c.seq_scan::text, c.n_tup_ins::text, c.n_tup_upd::text,
       c.n_tup_del::text
from pg_catalog.pg_stat_xact_all_tables c
where c.relid >= 16384 and c.schemaname not like 'pg\_%'
  and c.seq_scan + c.n_tup_ins + c.n_tup_upd + c.n_tup_del > 0
union all
select 'w', pg_catalog.now()::text || pg_catalog.pg_backend_pid(),
       (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn)::text, null, null, null)";

constexpr std::string_view kSettings = R"(
select name, setting from pg_catalog.pg_settings where source = 'session'
union all select 'role', pg_catalog.current_setting('role')
union all select 'session_authorization', session_user::text)";

std::uint64_t number_in(const Field& field) {
  std::uint64_t number = 0;
  const std::string text = field.value_or("");
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::string relation_key(const std::string& oid) {
  return "r" + oid;
}

Objects objects_in(Connection& connection, const ObjectName& ignored) {
  Objects objects;
  for (Row& row : connection.query(kObjects))
    objects.emplace(*row[0], SightedObject{.kind = row[1].value_or(""),
                                           .name = {row[2].value_or(""), row[3].value_or("")},
                                           .parent = row[4].value_or(""),
                                           .root = row[5].value_or(""),
                                           .file = row[6].value_or(""),
                                           .invalid = row[7] == "true"});
  std::string key;
  for (const auto& [known, object] : objects)
    if (object.kind == "table" && object.name == ignored) key = known;
  if (key.empty()) return objects;
  std::erase_if(objects,
                [&](const auto& one) { return one.first == key || one.second.parent == key; });
  return objects;
}

LockMode lock_mode_of(const std::string& name) {
  static const std::map<std::string_view, LockMode> kModes{
      {"AccessShareLock", LockMode::access_share},
      {"RowShareLock", LockMode::row_share},
      {"RowExclusiveLock", LockMode::row_exclusive},
      {"ShareUpdateExclusiveLock", LockMode::share_update_exclusive},
      {"ShareLock", LockMode::share},
      {"ShareRowExclusiveLock", LockMode::share_row_exclusive},
      {"ExclusiveLock", LockMode::exclusive},
      {"AccessExclusiveLock", LockMode::access_exclusive}};
  const auto known = kModes.find(name);
  return known == kModes.end() ? LockMode{} : known->second;
}

Doings doings_of(Connection& connection) {
  Doings doings;
  for (const Row& row : connection.query(kDoings)) {
    const std::string key = row[1].value_or("");
    if (row[0] == "l") {
      doings.locks[key].insert(lock_mode_of(row[2].value_or("")));
    } else if (row[0] == "s") {
      doings.counts[key] = {.scans = number_in(row[2]),
                            .inserted = number_in(row[3]),
                            .updated = number_in(row[4]),
                            .deleted = number_in(row[5])};
    } else {
      doings.transaction = key;
      doings.wal = number_in(row[2]);
    }
  }
  return doings;
}

std::map<std::string, std::string> session_settings(Connection& connection) {
  std::map<std::string, std::string> settings;
  for (const Row& row : connection.query(kSettings))
    settings[row[0].value_or("")] = row[1].value_or("");
  return settings;
}

}  // namespace migrator
