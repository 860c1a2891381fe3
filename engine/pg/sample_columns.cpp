#include "engine/pg/sample_columns.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace migrator {
namespace {

constexpr std::string_view kTables = R"(
select c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname),
       case when c.relispartition then pg_catalog.pg_partition_root(c.oid)::oid end,
       (select pg_catalog.format('%I.%I', rn.nspname, r.relname) from pg_catalog.pg_class r
        join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
        where c.relispartition and r.oid = pg_catalog.pg_partition_root(c.oid)),
       case when c.relispartition then pg_catalog.pg_get_partition_constraintdef(c.oid) end
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
  and (n.nspname <> $1 or c.relname <> $2)
  and not exists (select from pg_catalog.pg_depend d
                  where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                    and d.objid = c.oid and d.deptype = 'e')
order by c.oid)";

constexpr std::string_view kBounds = R"(
with recursive level as (
  select c.oid as leaf, c.oid as part, 0 as depth from pg_catalog.pg_class c
  where c.relispartition and c.oid = any ($1::oid[])
  union all
  select l.leaf, i.inhparent, l.depth + 1
  from level l join pg_catalog.pg_class c on c.oid = l.part and c.relispartition
  join pg_catalog.pg_inherits i on i.inhrelid = c.oid)
select l.leaf, pg_catalog.pg_get_expr(c.relpartbound, c.oid), p.partstrat,
       (select pg_catalog.string_agg(coalesce(pg_catalog.quote_ident(a.attname), ''), chr(10)
                                     order by k.nr)
        from pg_catalog.unnest(p.partattrs::int2[]) with ordinality k(attnum, nr)
        left join pg_catalog.pg_attribute a on a.attrelid = p.partrelid and a.attnum = k.attnum
          and k.attnum > 0)
from level l join pg_catalog.pg_class c on c.oid = l.part
join pg_catalog.pg_inherits i on i.inhrelid = c.oid
join pg_catalog.pg_partitioned_table p on p.partrelid = i.inhparent
order by l.leaf, l.depth desc)";

constexpr std::string_view kColumns = R"(
with recursive base as (
  select oid as type, oid as base, typtypmod as modifier, typnotnull as not_null, typbasetype
  from pg_catalog.pg_type
  union all
  select b.type, t.oid, case when b.modifier >= 0 then b.modifier else t.typtypmod end,
         b.not_null or t.typnotnull, t.typbasetype
  from base b join pg_catalog.pg_type t on t.oid = b.typbasetype
  where b.typbasetype <> 0)
select a.attrelid, pg_catalog.quote_ident(a.attname), t.typname, t.typcategory,
       t.typcategory = 'A', a.attnotnull or b.not_null,
       a.atthasdef and a.attgenerated = ''
         and pg_catalog.pg_get_expr(d.adbin, d.adrelid) not like 'nextval(%',
       a.attidentity <> '', a.attgenerated <> '',
       case when t.typrelid <> 0
            then (select pg_catalog.count(*) from pg_catalog.pg_attribute f
                  where f.attrelid = t.typrelid and f.attnum > 0 and not f.attisdropped)
            when a.atttypmod >= 0 then a.atttypmod else b.modifier end,
       (select pg_catalog.string_agg(e.enumlabel, chr(10) order by e.enumsortorder)
        from pg_catalog.pg_enum e where e.enumtypid = t.oid),
       (select pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), chr(10))
        from pg_catalog.pg_constraint k
        where k.contype = 'c' and (k.conrelid = a.attrelid and a.attnum = any (k.conkey)
                                   or k.contypid = a.atttypid and k.contypid <> 0)),
       exists (select from pg_catalog.pg_index i
               where i.indrelid = a.attrelid and i.indisunique and a.attnum = any (i.indkey))
from pg_catalog.pg_attribute a
join base b on b.type = a.atttypid and b.typbasetype = 0
join pg_catalog.pg_type t on t.oid = b.base
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attnum > 0 and not a.attisdropped and a.attrelid = any ($1::oid[])
order by a.attrelid, a.attnum)";

constexpr std::string_view kConstraints = R"(
select k.conrelid, k.contype, k.conname, k.confrelid,
       (select pg_catalog.format('%I.%I', n.nspname, c.relname) from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = k.confrelid),
       (select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), chr(10) order by u.nr)
        from pg_catalog.unnest(k.conkey) with ordinality u(attnum, nr)
        join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum),
       (select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), chr(10) order by u.nr)
        from pg_catalog.unnest(k.confkey) with ordinality u(attnum, nr)
        join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum)
from pg_catalog.pg_constraint k
where k.contype in ('c', 'f') and k.conrelid = any ($1::oid[])
  -- Of a key to a partitioned table there is one more for each of its partitions.
  and not exists (select from pg_catalog.pg_constraint p
                  where p.oid = k.conparentid and p.conrelid = k.conrelid))";

std::vector<std::string> lines_of(const Field& field) {
  std::vector<std::string> lines;
  if (!field || field->empty()) return lines;
  std::size_t begin = 0;
  for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
    end = field->find('\n', begin);
    lines.push_back(field->substr(begin, end == std::string::npos ? end : end - begin));
  }
  return lines;
}

constexpr int kHeader = 4;  // of a modifier

void set_limit(SampleColumn& column, const Field& field) {
  int modifier = -1;
  const std::string text = field.value_or("");
  std::from_chars(text.data(), text.data() + text.size(), modifier);
  if (modifier < 0) return;
  if (column.type == "varchar" || column.type == "bpchar") column.limit = modifier - kHeader;
  if (column.type == "bit" || column.type == "varbit") column.limit = modifier;
  if (column.type == "numeric") {
    column.limit = ((modifier - kHeader) >> 16) & 0xffff;
    column.digits_behind = (modifier - kHeader) & 0x7ff;
  }
  if (column.category == 'C' || column.type == "vector" || column.type == "halfvec")
    column.limit = modifier;
}

SampleColumn column_of(const Row& row) {
  SampleColumn column{.name = row[1].value_or(""),
                      .type = row[2].value_or(""),
                      .category = row[3].value_or("U").front(),
                      .is_array = row[4] == "t",
                      .not_null = row[5] == "t",
                      .has_default = row[6] == "t",
                      .is_identity = row[7] == "t",
                      .is_generated = row[8] == "t",
                      .labels = lines_of(row[10]),
                      .checks = lines_of(row[11]),
                      .is_key = row[12] == "t"};
  if (column.name.ends_with("id") || column.name.ends_with("id\"")) column.is_key = true;
  set_limit(column, row[9]);
  return column;
}

/// What the bounds of all levels ask, together, is a CHECK like others.
void take_bounds(SampleTable& table, const std::string& asked) {
  if (asked.empty()) return;
  for (SampleColumn& column : table.columns) {
    if (asked.find(column.name) == std::string::npos) continue;
    column.checks.push_back(asked);
    table.partitioned_by.push_back(column.name);
  }
}

}  // namespace

std::vector<SampleTable> sample_tables(Connection& connection, const ObjectName& left_out) {
  std::vector<SampleTable> tables;
  const std::vector<Field> without{left_out.schema, left_out.name};
  std::string oids;
  std::vector<std::string> asked_by_bounds;
  for (const Row& row : connection.query(kTables, without)) {
    oids += (oids.empty() ? "" : ",") + *row[0];
    tables.push_back({.oid = *row[0],
                      .name = row[1].value_or(""),
                      .root = row[2].value_or(""),
                      .root_name = row[3].value_or("")});
    asked_by_bounds.push_back(row[4].value_or(""));
  }
  const auto table_of = [&](const Field& oid) -> SampleTable& {
    return *std::ranges::find(tables, oid.value_or(""), &SampleTable::oid);
  };
  const std::vector<Field> all{"{" + oids + "}"};
  for (const Row& row : connection.query(kColumns, all))
    table_of(row[0]).columns.push_back(column_of(row));
  for (const Row& row : connection.query(kConstraints, all)) {
    SampleTable& table = table_of(row[0]);
    if (row[1] == "c")
      table.checks[row[2].value_or("")] = lines_of(row[5]);
    else
      table.keys.push_back({.columns = lines_of(row[5]),
                            .table = row[3].value_or(""),
                            .name = row[4].value_or(""),
                            .refers_to = lines_of(row[6])});
  }
  for (const Row& row : connection.query(kBounds, all)) {
    SampleTable& table = table_of(row[0]);
    table.bounds.push_back({row[1].value_or(""), lines_of(row[3])});
    for (SampleColumn& column : table.columns)
      if (row[2] == "h" && std::ranges::find(table.bounds.back().keys, column.name) !=
                               table.bounds.back().keys.end())
        column.is_hashed = true;
  }
  for (std::size_t i = 0; i < tables.size(); ++i) take_bounds(tables[i], asked_by_bounds[i]);
  return tables;
}

}  // namespace migrator
