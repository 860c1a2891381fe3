#include "engine/lint/batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/sql/sql_name.h"

namespace migrator {
namespace {

/// Below all that a key of the type usually is, as SQL. Integers are counted from 1.
constexpr auto kLeast = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"int2", "0"},
    {"int4", "0"},
    {"int8", "0"},
    {"smallserial", "0"},
    {"serial", "0"},
    {"bigserial", "0"},
    {"serial2", "0"},
    {"serial4", "0"},
    {"serial8", "0"},
    {"uuid", "'00000000-0000-0000-0000-000000000000'"},
    {"text", "''"},
    {"varchar", "''"},
    {"bpchar", "''"},
    {"citext", "''"},
    {"bytea", "''"},
    {"date", "'-infinity'"},
    {"timestamp", "'-infinity'"},
    {"timestamptz", "'-infinity'"},
});

std::vector<std::string> key_of(const Batched& rows) {
  const ConstraintFacts* key = rows.known ? rows.known->primary_key() : nullptr;
  return key ? key->columns : std::vector<std::string>();
}

std::optional<std::string_view> least_of(const Batched& rows, const std::string& name) {
  const KnownColumn* column = rows.known->column(name);
  if (!column || column->type.array) return std::nullopt;
  const auto known = std::ranges::find(kLeast, column->type.name.name,
                                       &std::pair<std::string_view, std::string_view>::first);
  return known == kLeast.end() ? std::nullopt : std::optional(known->second);
}

bool is_integer(const Batched& rows, const std::string& name) {
  return least_of(rows, name) == "0";
}

std::string listed(const std::vector<std::string>& all) {
  std::string list;
  for (const std::string& one : all) list += (list.empty() ? "" : ", ") + one;
  return list;
}

std::string as_row(const std::vector<std::string>& all) {
  return all.size() == 1 ? all.front() : "(" + listed(all) + ")";
}

/// Columns as SQL, by which rows are found again.
std::vector<std::string> told_by(const Batched& rows) {
  std::vector<std::string> columns;
  for (const std::string& column : key_of(rows)) columns.push_back(sql_name(column));
  if (!columns.empty()) return columns;
  // Each partition has rows in the same places.
  if (rows.known && rows.known->partitioned) return {"tableoid", "ctid"};
  return {"ctid"};
}

/// "id in (select id from users limit 1000)"
std::string some_of(const Batched& rows, const std::string& where) {
  const std::vector<std::string> columns = told_by(rows);
  const std::string query = fmt::format("select {} from {}{}{} limit 1000", listed(columns),
                                        rows.table, where.empty() ? "" : " where ", where);
  // Joined with a query, places are looked for in all of the table.
  if (columns == std::vector<std::string>{"ctid"})
    return fmt::format("ctid = any (array(\n  {}))", query);
  return fmt::format("{} in (\n  {})", as_row(columns), query);
}

/// Where the key is one number.
std::optional<std::string> by_numbers(const Batched& rows) {
  const std::vector<std::string> key = key_of(rows);
  if (key.size() != 1 || !is_integer(rows, key.front())) return std::nullopt;
  return fmt::format("{} between 1 and 1000", sql_name(key.front()));
}

/// One batch behind the other in the order of the key.
std::optional<std::string> by_order(const Batched& rows, const std::string& update) {
  const std::vector<std::string> key = key_of(rows);
  std::vector<std::string> least;
  for (const std::string& column : key) {
    const auto value = least_of(rows, column);
    if (!value) return std::nullopt;
    least.emplace_back(*value);
  }
  if (key.empty()) return std::nullopt;
  const std::vector<std::string> told = told_by(rows);
  const std::string columns = listed(told);
  const std::string row = as_row(told);
  std::string greatest_first;
  for (const std::string& column : told)
    greatest_first += (greatest_first.empty() ? "" : ", ") + column + " desc";
  // RETURNING gives rows in any order: what the next one goes on behind is the greatest.
  return fmt::format(
      "-- batch by batch, each by itself: the next one behind the {0} that this one "
      "returns\n"
      "with done as ({1} where {2} in (\n"
      "  select {0} from {3} where {2} > {4} order by {0} limit 1000) returning {0})\n"
      "select {0} from done order by {5} limit 1;",
      columns, update, row, rows.table, as_row(least), greatest_first);
}

/// By a column that says which rows are done.
std::string by_marks(const Batched& rows, const std::string& update) {
  return fmt::format(
      "alter table {0} add column batched boolean;\n"
      "-- next file, batch by batch\n{1}, batched = true where {2};\n"
      "-- next file\nalter table {0} drop column batched;",
      rows.table, update, batch_of(rows, "batched is null"));
}

constexpr std::string_view kEach = "-- batch by batch, each by itself\n";

}  // namespace

std::string batch_of(const Batched& rows, const std::string& todo) {
  const auto numbers = by_numbers(rows);
  return fmt::format("{} and {}", todo, numbers ? *numbers : some_of(rows, todo));
}

std::string update_by_batches(const Batched& rows, const std::string& update) {
  if (const auto numbers = by_numbers(rows))
    return fmt::format("{}{} where {};", kEach, update, *numbers);
  if (const auto ordered = by_order(rows, update)) return *ordered;
  return by_marks(rows, update);
}

std::string delete_by_batches(const Batched& rows, const std::string& statement) {
  const auto numbers = by_numbers(rows);
  return fmt::format("{}{} where {};", kEach, statement, numbers ? *numbers : some_of(rows, ""));
}

}  // namespace migrator
