#include "engine/pg/rows_held.h"

#include <fmt/format.h>

#include <charconv>

#include "engine/base/error.h"
#include "engine/base/quote.h"
#include "engine/pg/script.h"

namespace migrator {
namespace {

/// Whatever is done meanwhile is undone at its end.
class Aside {
 public:
  explicit Aside(Connection& connection)
      : connection_(connection), nested_(connection.in_transaction()) {
    run_command(connection_, nested_ ? "SAVEPOINT migrator_look" : "BEGIN");
  }
  void end() {
    run_command(connection_, nested_ ? "ROLLBACK TO SAVEPOINT migrator_look; "
                                       "RELEASE SAVEPOINT migrator_look"
                                     : "ROLLBACK");
  }

 private:
  Connection& connection_;
  bool nested_;
};

std::string counting(const std::map<std::string, ObjectName>& tables, std::uint64_t most) {
  std::string sql;
  for (const auto& [key, table] : tables)
    sql += fmt::format(
        "{}select {}, (select pg_catalog.count(*) from (select from only {}.{} limit {}) r)",
        sql.empty() ? "" : " union all ", quote_literal(key), quote_name(table.schema),
        quote_name(table.name), most);
  return sql;
}

}  // namespace

std::map<std::string, std::uint64_t> rows_held(Connection& connection,
                                               const std::map<std::string, ObjectName>& tables,
                                               std::uint64_t most) {
  std::map<std::string, std::uint64_t> held;
  if (tables.empty()) return held;
  Aside aside(connection);
  try {
    // What a file's role may not read, its session may.
    run_command(connection, "SET LOCAL ROLE NONE; SET LOCAL row_security = off");
    for (const Row& row : connection.query(counting(tables, most))) {
      std::uint64_t rows = 0;
      const std::string text = row[1].value_or("");
      std::from_chars(text.data(), text.data() + text.size(), rows);
      held.emplace(row[0].value_or(""), rows);
    }
  } catch (const Error&) {
    if (!connection.is_alive()) throw;
    held.clear();
  }
  aside.end();
  return held;
}

}  // namespace migrator
