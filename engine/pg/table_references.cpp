#include "engine/pg/table_references.h"

#include "engine/base/quote.h"

namespace migrator {
namespace {

constexpr std::string_view kReferences = R"(
with t (name, i) as (
  select u.name, u.i from pg_catalog.unnest($1::pg_catalog.text[]) with ordinality u (name, i)
)
select a.i - 1, b.i - 1, c.oid, c.condeferrable, f.attname, not f.attnotnull
from t a
join pg_catalog.pg_constraint c
  on c.contype = 'f' and c.conrelid = pg_catalog.to_regclass(a.name)
join t b on c.confrelid = pg_catalog.to_regclass(b.name) and b.i <> a.i
join pg_catalog.pg_attribute f on f.attrelid = c.conrelid and f.attnum = any (c.conkey)
order by 1, 2, c.oid, f.attnum)";

}  // namespace

std::vector<TableReference> table_references(Connection& connection,
                                             std::span<const std::string> tables) {
  std::vector<TableReference> references;
  if (tables.size() < 2) return references;
  const Field names = array_literal(tables);
  std::string last;
  for (const Row& row : connection.query(kReferences, {&names, 1})) {
    const std::size_t from = std::stoul(row[0].value_or("0")),
                      to = std::stoul(row[1].value_or("0"));
    const std::string key = row[0].value_or("") + " " + row[1].value_or("") + " " + *row[2];
    if (key != last) references.push_back({.from = from, .to = to, .deferrable = row[3] == "t"});
    last = key;
    references.back().columns.push_back(row[4].value_or(""));
    if (row[5] == "t") references.back().nullable.push_back(row[4].value_or(""));
  }
  return references;
}

}  // namespace migrator
