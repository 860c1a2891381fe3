#include "engine/pg/table_references.h"

#include "engine/base/quote.h"

namespace migrator {
namespace {

constexpr std::string_view kReferences = R"(
with t (name, i) as (
  select u.name, u.i from pg_catalog.unnest($1::pg_catalog.text[]) with ordinality u (name, i)
)
select distinct a.i - 1, b.i - 1
from t a
join pg_catalog.pg_constraint c
  on c.contype = 'f' and c.conrelid = pg_catalog.to_regclass(a.name)
join t b on c.confrelid = pg_catalog.to_regclass(b.name) and b.i <> a.i)";

}  // namespace

std::vector<TableReference> table_references(Connection& connection,
                                             std::span<const std::string> tables) {
  std::vector<TableReference> references;
  if (tables.size() < 2) return references;
  const Field names = array_literal(tables);
  for (const Row& row : connection.query(kReferences, {&names, 1}))
    references.push_back(
        {.from = std::stoul(row[0].value_or("0")), .to = std::stoul(row[1].value_or("0"))});
  return references;
}

}  // namespace migrator
