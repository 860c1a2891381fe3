#include "engine/pg/sample_columns.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace migrator {
namespace {

constexpr std::string_view kTables = R"(
select c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname),
       case when c.relispartition then pg_catalog.pg_get_expr(c.relpartbound, c.oid) end,
       case when c.relispartition then (
         select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), chr(10) order by k.nr)
         from pg_catalog.pg_inherits i
         join pg_catalog.pg_partitioned_table p on p.partrelid = i.inhparent
         cross join pg_catalog.unnest(p.partattrs::int2[]) with ordinality k(attnum, nr)
         join pg_catalog.pg_attribute a on a.attrelid = p.partrelid and a.attnum = k.attnum
         where i.inhrelid = c.oid) end
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
  and (n.nspname <> $1 or c.relname <> $2)
  and not exists (select from pg_catalog.pg_depend d
                  where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                    and d.objid = c.oid and d.deptype = 'e')
order by c.oid)";

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
       case when a.atttypmod >= 0 then a.atttypmod else b.modifier end,
       (select pg_catalog.string_agg(e.enumlabel, chr(10) order by e.enumsortorder)
        from pg_catalog.pg_enum e where e.enumtypid = t.oid),
       (select pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), chr(10))
        from pg_catalog.pg_constraint k
        where k.contype = 'c' and (k.conrelid = a.attrelid and a.attnum = any (k.conkey)
                                   or k.contypid = a.atttypid and k.contypid <> 0))
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
where k.contype in ('c', 'f') and k.conrelid = any ($1::oid[]))";

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
                      .checks = lines_of(row[11])};
  set_limit(column, row[9]);
  return column;
}

}  // namespace

std::vector<SampleTable> sample_tables(Connection& connection, const ObjectName& left_out) {
  std::vector<SampleTable> tables;
  const std::vector<Field> without{left_out.schema, left_out.name};
  std::string oids;
  for (const Row& row : connection.query(kTables, without)) {
    oids += (oids.empty() ? "" : ",") + *row[0];
    tables.push_back({.oid = *row[0],
                      .name = row[1].value_or(""),
                      .bound = row[2].value_or(""),
                      .partition_keys = lines_of(row[3])});
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
  return tables;
}

}  // namespace migrator
