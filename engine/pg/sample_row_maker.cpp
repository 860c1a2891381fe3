#include "engine/pg/sample_row_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/pg/sample_values.h"
#include "engine/pg/script.h"

namespace migrator {
namespace {

constexpr std::string_view kCheckViolation = "23514";
constexpr std::size_t kMostTries = 200;
constexpr std::size_t kMostSearched = 3;  // columns of one CHECK

/// The n-th row of the other table, going round; its own row where it refers to itself.
std::string reference(const SampleKey& key, std::size_t column, std::size_t n) {
  return fmt::format(
      "(select {0} from {1} order by ctid offset {2} % greatest((select count(*) from {1}), 1) "
      "limit 1)",
      key.refers_to[column], key.name, n - 1);
}

}  // namespace

std::size_t SampleRowMaker::make(std::size_t rows) {
  std::vector<Values> all;
  for (std::size_t n = 1; n <= rows; ++n) all.push_back(values_for(n, Extent::all_columns));
  if (insert(all)) return rows;
  std::size_t made = 0;
  for (std::size_t n = 1; n <= rows; ++n) {
    made += make_row(n) ? 1 : 0;
    // What no first row can be made of, no second one can.
    if (made == 0) return 0;
  }
  return made;
}

bool SampleRowMaker::make_row(std::size_t n) {
  tries_left_ = kMostTries;
  for (const Extent extent : {Extent::all_columns, Extent::needed_columns}) {
    Values values = values_for(n, extent);
    if (insert({values})) return true;
    if (sqlstate_ == kCheckViolation && search(n, std::move(values), columns_in_the_way()))
      return true;
  }
  return false;
}

/// Tries other values of these columns, each with each; where another CHECK is in the way then,
/// goes on with that.
bool SampleRowMaker::search(std::size_t n, Values values, const std::vector<std::string>& columns) {
  std::vector<std::pair<std::string, std::vector<std::string>>> choices;
  for (const SampleColumn& column : table_.columns) {
    if (std::ranges::find(columns, column.name) == columns.end()) continue;
    std::vector<std::string> other = other_values(column, n);
    if (!other.empty() && choices.size() < kMostSearched)
      choices.emplace_back(column.name, std::move(other));
  }
  if (choices.empty()) return false;
  std::vector<std::size_t> at(choices.size(), 0);
  while (tries_left_ > 0) {
    --tries_left_;
    for (std::size_t i = 0; i < choices.size(); ++i)
      values[choices[i].first] = choices[i].second[at[i]];
    if (insert({values})) return true;
    if (sqlstate_ == kCheckViolation) {
      const auto others = columns_in_the_way();
      if (!others.empty() && others != columns) return search(n, values, others);
    }
    std::size_t i = 0;
    while (i < at.size() && ++at[i] == choices[i].second.size()) at[i++] = 0;
    if (i == at.size()) return false;
  }
  return false;
}

SampleRowMaker::Values SampleRowMaker::values_for(std::size_t n, Extent extent) const {
  Values values;
  for (const SampleColumn& column : table_.columns) {
    const bool needed = column.not_null || extent == Extent::all_columns;
    if (!column.is_generated && !column.has_default && needed)
      values[column.name] = sample_value(column, n);
  }
  for (const SampleKey& key : table_.keys)
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      const auto column = std::ranges::find(table_.columns, key.columns[i], &SampleColumn::name);
      if (column == table_.columns.end() || column->is_generated) continue;
      const bool itself = key.table == table_.oid;
      if (itself && column->not_null)
        values[column->name] =
            values.contains(key.refers_to[i]) ? values[key.refers_to[i]] : sample_value(*column, n);
      else if (itself)
        values[column->name] = "NULL";
      else if (column->not_null || extent == Extent::all_columns)
        values[column->name] = reference(key, i, n);
    }
  const auto bound = values_of_bound(table_.bound);
  for (std::size_t i = 0; i < bound.size() && i < table_.partition_keys.size(); ++i)
    if (!bound[i].empty()) values[table_.partition_keys[i]] = bound[i];
  return values;
}

bool SampleRowMaker::insert(const std::vector<Values>& rows) {
  std::string columns;
  for (const auto& [column, value] : rows.front())
    columns += (columns.empty() ? "" : ", ") + column;
  std::string sql = columns.empty()
                        ? fmt::format("INSERT INTO {} DEFAULT VALUES", table_.name)
                        : fmt::format("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ",
                                      table_.name, columns);
  for (std::size_t i = 0; i < rows.size() && !columns.empty(); ++i) {
    std::string values;
    for (const auto& [column, value] : rows[i]) values += (values.empty() ? "" : ", ") + value;
    sql += fmt::format("{}({})", i == 0 ? "" : ", ", values);
  }
  run_command(connection_, "SAVEPOINT migrator_row");
  try {
    run_command(connection_, sql);
    run_command(connection_, "SET CONSTRAINTS ALL IMMEDIATE");
    run_command(connection_, "RELEASE SAVEPOINT migrator_row");
    return true;
  } catch (const Error& error) {
    if (!connection_.is_alive() || error.finding().id == "cancelled") throw;
    why_ = error.finding().message;
    sqlstate_ = error.finding().sqlstate;
    run_command(connection_, "ROLLBACK TO SAVEPOINT migrator_row");
    return false;
  }
}

/// Those of the CHECK that the server named; of a domain, all that have a CHECK.
std::vector<std::string> SampleRowMaker::columns_in_the_way() const {
  for (const auto& [name, columns] : table_.checks)
    if (why_.find("\"" + name + "\"") != std::string::npos) return columns;
  std::vector<std::string> all;
  for (const SampleColumn& column : table_.columns)
    if (!column.checks.empty()) all.push_back(column.name);
  return all;
}

}  // namespace migrator
