#include "engine/pg/json_rows.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <vector>

#include "engine/base/quote.h"
#include "engine/report/json_text.h"
#include "engine/sql/scanner.h"
#include "engine/sql/statement_words.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

constexpr auto kWriting = {"insert", "update", "delete", "merge"};

bool may_write(std::string_view sql) {
  for (Scanner scanner(sql); !scanner.at_end();) {
    const std::string_view word = text_of(sql, scanner.next());
    for (const char* const writing : kWriting)
      if (is_keyword(word, writing)) return true;
  }
  return false;
}

/// What nothing can be cast to (record, void, unknown), or may not be read back as it is written
/// (regproc, pg_node_tree), stays the text that it is: JSON has a string of it anyway.
std::vector<std::string> types_of(Connection& connection, const Result& rows) {
  std::vector<std::string> oids;
  for (int i = 0; i < PQnfields(rows.get()); ++i)
    oids.push_back(fmt::format("{}", PQftype(rows.get(), i)));
  const auto answer = connection.query(
      "select case when t.typtype = 'p' or t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace "
      "and t.typname ~ '^_?(reg|pg_node_tree|pg_ndistinct|pg_dependencies|pg_mcv_list|"
      "pg_brin)' then 'text' else pg_catalog.format_type(t.oid, -1) end "
      "from pg_catalog.unnest($1::oid[]) with ordinality as o(id, n) "
      "join pg_catalog.pg_type t on t.oid = o.id order by o.n",
      std::vector<Field>{array_literal(oids)});
  std::vector<std::string> types;
  for (const Row& row : answer) types.push_back(row.at(0).value_or("text"));
  return types;
}

std::string json_of(const Result& rows) {
  std::string json = "[";
  for (int row = 0; row < PQntuples(rows.get()); ++row) {
    json += row == 0 ? "[" : ",[";
    for (int column = 0; column < PQnfields(rows.get()); ++column) {
      if (column > 0) json += ",";
      json += PQgetisnull(rows.get(), row, column) != 0
                  ? "null"
                  : json_text(PQgetvalue(rows.get(), row, column));
    }
    json += "]";
  }
  return json + "]";
}

}  // namespace

bool fits_in_with(std::string_view sql) {
  const StatementWords words(sql);
  std::size_t first = 0;
  while (words.is(first, "(")) ++first;
  if (words.is(first, "with")) return !may_write(sql);
  return words.is_one_of(first,
                         {"select", "values", "table", "insert", "update", "delete", "merge"});
}

RowsAgain rows_again(Connection& connection, const Result& rows) {
  const std::vector<std::string> types = types_of(connection, rows);
  std::string columns;
  for (std::size_t i = 0; i < types.size(); ++i)
    columns += fmt::format("{}(_row.cells ->> {})::{} as {}", i == 0 ? "" : ", ", i, types[i],
                           quote_name(PQfname(rows.get(), static_cast<int>(i))));
  return {.sql = fmt::format("select {} from pg_catalog.json_array_elements($1::json) with "
                             "ordinality as _row(cells, number) order by number",
                             columns),
          .json = json_of(rows)};
}

}  // namespace migrator
