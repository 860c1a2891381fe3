#include "engine/pg/index_state.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "engine/base/quote.h"
#include "engine/pg/history_table.h"

namespace migrator {
namespace {

// pg_partition_tree would lock every partition. Children of plain inheritance are not reindexed
// with their parent.
constexpr std::string_view kSelect = R"(
with recursive named(oid) as (
  select pg_catalog.to_regclass($1)::pg_catalog.oid
  union
  select h.inhrelid from pg_catalog.pg_inherits h join named on named.oid = h.inhparent
  join pg_catalog.pg_class p on p.oid = named.oid and p.relkind in ('p', 'I')
)
select x.indexrelid, x.indrelid,
       pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(i.relname),
       x.indisvalid,
       i.relkind = 'i' and not i.relispartition and not exists (
         select from pg_catalog.pg_constraint c where c.conindid = i.oid),
       i.relkind = 'I',
       n.nspname = 'pg_toast'
from pg_catalog.pg_index x
join pg_catalog.pg_class i on i.oid = x.indexrelid
join pg_catalog.pg_namespace n on n.oid = i.relnamespace
join pg_catalog.pg_class t on t.oid = x.indrelid
where {}
order by 3)";

constexpr std::string_view kNamedOnTable =
    "x.indrelid = pg_catalog.to_regclass($1) and i.relname = $2::pg_catalog.name";

// The server makes TABLE_COLUMNS_idx, shortens both parts to fit 63 bytes, and counts on.
constexpr std::string_view kNamedByServer = R"(
x.indrelid = pg_catalog.to_regclass($1) and i.relname ~ '_idx[0-9]*$'
and (pg_catalog.starts_with(i.relname::text, t.relname || '_')
     or (pg_catalog.octet_length(i.relname::text) >= 60
         and pg_catalog.starts_with(i.relname::text, pg_catalog.left(t.relname::text, 6)))))";

constexpr std::string_view kNamed = "x.indexrelid in (select oid from named)";

constexpr std::string_view kOnTables = R"(
x.indrelid in (
  select named.oid from named
  union all
  select c.reltoastrelid from named join pg_catalog.pg_class c on c.oid = named.oid))";

constexpr std::string_view kLeftByReindex = " and i.relname ~ '_cc(new|old)[0-9]*$'";

constexpr std::string_view kLeftOfNamed = R"(
i.relname ~ '_cc(new|old)[0-9]*$' and exists (
  select from named join pg_catalog.pg_index b on b.indexrelid = named.oid
  join pg_catalog.pg_class bc on bc.oid = named.oid
  cross join pg_catalog.regexp_replace(i.relname::text, '(_cc(new|old)[0-9]*)+$', '') stem
  where b.indrelid = x.indrelid and x.indexrelid <> b.indexrelid
    and (bc.relname::text = stem
         or (pg_catalog.octet_length(i.relname::text) >= 60
             and pg_catalog.starts_with(bc.relname::text, stem)))))";

// Text tells no REINDEX SCHEMA from a REINDEX DATABASE here; a schema of that name is meant first.
constexpr std::string_view kInSchemaOrDatabase = R"(
exists (
  select from pg_catalog.pg_class o join pg_catalog.pg_namespace s on s.oid = o.relnamespace
  where x.indrelid in (o.oid, o.reltoastrelid)
    and (s.nspname = $1::pg_catalog.name or $1 = ''
         or ($1 = pg_catalog.current_database()
             and not exists (select from pg_catalog.pg_namespace
                             where nspname = $1::pg_catalog.name)))))";

IndexState state_of(const Row& row) {
  return {.oid = row[0].value_or(""),
          .table_oid = row[1].value_or(""),
          .name = row[2].value_or(""),
          .valid = row[3] == "t",
          .droppable = row[4] == "t",
          .partitioned = row[5] == "t",
          .toast = row[6] == "t"};
}

std::vector<IndexState> select(Connection& connection, std::string_view condition,
                               const std::vector<Field>& parameters) {
  std::vector<IndexState> states;
  for (const Row& row : connection.query(fmt::format(fmt::runtime(kSelect), condition), parameters))
    states.push_back(state_of(row));
  return states;
}

std::vector<IndexState> indexes_made(Connection& connection, const OutsideAction& action) {
  std::vector<Field> parameters{quoted(action.table)};
  if (action.object.name.empty()) return select(connection, kNamedByServer, parameters);
  parameters.emplace_back(action.object.name);
  return select(connection, kNamedOnTable, parameters);
}

}  // namespace

std::vector<IndexState> indexes_of(Connection& connection, const OutsideAction& action) {
  switch (action.kind) {
    case OutsideKind::create_index:
      return indexes_made(connection, action);
    case OutsideKind::drop_index:
    case OutsideKind::reindex_index:
      return select(connection, kNamed, {quoted(action.object)});
    case OutsideKind::reindex_table:
      return select(connection, kOnTables, {quoted(action.object)});
    default:
      return {};
  }
}

std::vector<IndexState> leftovers_of(Connection& connection, const OutsideAction& action) {
  const auto left = [&](std::string_view condition, const std::string& name) {
    return select(connection, fmt::format("not x.indisvalid and {}", condition), {name});
  };
  switch (action.kind) {
    case OutsideKind::create_index: {
      std::vector<IndexState> made = indexes_made(connection, action);
      std::erase_if(made, [](const IndexState& index) { return index.valid; });
      return made;
    }
    case OutsideKind::reindex_index:
      return left(kLeftOfNamed, quoted(action.object));
    case OutsideKind::reindex_table:
      return left(fmt::format("{}{}", kOnTables, kLeftByReindex), quoted(action.object));
    case OutsideKind::reindex_all:
      return left(fmt::format("{}{}", kInSchemaOrDatabase, kLeftByReindex), action.object.name);
    default:
      return {};
  }
}

bool is_left_invalid(Connection& connection, const IndexState& index) {
  const Field oid = index.oid;
  return !connection
              .query(
                  "select from pg_catalog.pg_index "
                  "where indexrelid = $1::pg_catalog.oid and not indisvalid",
                  {&oid, 1})
              .empty();
}

std::string relation_oid(Connection& connection, const ObjectName& name) {
  const Field text = quoted(name);
  const auto rows =
      connection.query("select pg_catalog.to_regclass($1)::pg_catalog.oid", {&text, 1});
  return rows.at(0).at(0).value_or("");
}

std::string quoted(const ObjectName& name) {
  return name.schema.empty() ? quote_name(name.name)
                             : quote_name(name.schema) + "." + quote_name(name.name);
}

}  // namespace migrator
