#include "tests/support/fingerprint.h"

#include <fmt/format.h>

#include <string_view>

namespace migrator {
namespace {

constexpr std::string_view kCatalog = R"(
with spaces as (select oid, nspname from pg_namespace
                where nspname !~ '^pg_' and nspname <> 'information_schema')
select format('schema %s', nspname) from spaces
union all
select format('relation %s %s %s %s %s', c.oid::regclass, relkind, relpersistence, reloptions,
              case when relkind in ('v', 'm') then pg_get_viewdef(c.oid) end)
from pg_class c join spaces s on s.oid = relnamespace where relkind not in ('i', 'I')
union all
select format('column %s.%s %s %s %s', attrelid::regclass, attname,
              format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
from pg_attribute a join pg_class c on c.oid = attrelid join spaces s on s.oid = relnamespace
left join pg_attrdef d on (adrelid, adnum) = (attrelid, attnum)
where relkind not in ('i', 'I', 'S') and attnum > 0 and not attisdropped
union all
select format('index %s valid=%s ready=%s live=%s %s', indexrelid::regclass, indisvalid,
              indisready, indislive, pg_get_indexdef(indexrelid))
from pg_index join pg_class c on c.oid = indexrelid join spaces s on s.oid = relnamespace
union all
select format('constraint %s on %s %s %s', conname, conrelid::regclass, convalidated,
              pg_get_constraintdef(c.oid))
from pg_constraint c join spaces s on s.oid = connamespace
union all
select format('function %s', pg_get_functiondef(p.oid))
from pg_proc p join spaces s on s.oid = pronamespace where prokind <> 'a'
union all
select format('trigger %s', pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
union all
select format('label %s %s', enumtypid::regtype, enumlabel) from pg_enum
union all
select format('child %s of %s, %s', inhrelid::regclass, inhparent::regclass,
              coalesce(to_jsonb(i) ->> 'inhdetachpending', 'false')) from pg_inherits i
union all
select format('extension %s %s', extname, extversion) from pg_extension
union all
select format('comment on %s: %s', pg_describe_object(classoid, objoid, objsubid), description)
from pg_description where objoid >= 16384
order by 1)";

constexpr std::string_view kHistory = R"(
select format('history %s %s %s %s %s %s %s/%s %s %s %s %s', id, kind, version, name, state,
              canonical_checksum, statements_done, statements_total, journal, md5(applied_sql),
              md5(down_sql), note)
from public.schema_migrations order by id)";

constexpr std::string_view kTables = R"(
select c.oid::regclass from pg_class c join pg_namespace n on n.oid = relnamespace
where nspname !~ '^pg_' and nspname <> 'information_schema' and relkind in ('r', 'p', 'm')
and relname <> 'schema_migrations' order by 1)";

}  // namespace

std::string fingerprint_of(Connection& connection) {
  std::string text;
  const auto add = [&](std::string_view query) {
    for (const Row& row : connection.query(query)) text += row[0].value_or("NULL") + "\n";
  };
  add(kCatalog);
  if (connection.query("select to_regclass('public.schema_migrations')").at(0).at(0)) add(kHistory);
  for (const Row& row : connection.query(kTables)) {
    text += fmt::format("rows of {}: ", row[0].value_or(""));
    add(fmt::format("select string_agg(t::text, ' ' order by t::text) from {} t",
                    row[0].value_or("")));
  }
  return text;
}

}  // namespace migrator
