#include "engine/pg/sample_row_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

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
      "(select {0} from {1} order by tableoid, ctid "
      "offset {2} % greatest((select count(*) from {1}), 1) limit 1)",
      key.refers_to[column], key.name, n - 1);
}

const SampleColumn* column_of(const SampleTable& table, const std::string& name) {
  const auto column = std::ranges::find(table.columns, name, &SampleColumn::name);
  return column == table.columns.end() ? nullptr : &*column;
}

}  // namespace

std::size_t SampleRowMaker::make(std::size_t rows) {
  std::vector<Rows> all;
  for (std::size_t n = 1; n <= rows; ++n) all.push_back(rows_for(n, Extent::all_columns));
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
    Rows rows = rows_for(n, extent);
    if (insert({rows})) return true;
    if (sqlstate_ == kCheckViolation && search(n, std::move(rows), in_the_way())) return true;
  }
  return false;
}

/// Tries other values of these columns, each with each; where another CHECK is in the way then,
/// goes on with that.
bool SampleRowMaker::search(std::size_t n, Rows rows, const InTheWay& in_the_way) {
  Values& values = rows[in_the_way.table];
  std::vector<std::pair<std::string, std::vector<std::string>>> choices;
  for (const SampleColumn& column : tables_[in_the_way.table]->columns) {
    if (std::ranges::find(in_the_way.columns, column.name) == in_the_way.columns.end()) continue;
    if (column.is_generated || choices.size() == kMostSearched) continue;
    std::vector<std::string> other = other_values(column, n);
    // With others it may be right as it is.
    if (const auto now = values.find(column.name); now != values.end())
      other.insert(other.begin(), now->second);
    if (!other.empty()) choices.emplace_back(column.name, std::move(other));
  }
  if (choices.empty()) return false;
  std::vector<std::size_t> at(choices.size(), 0);
  while (tries_left_ > 0) {
    --tries_left_;
    for (std::size_t i = 0; i < choices.size(); ++i)
      values[choices[i].first] = choices[i].second[at[i]];
    if (tables_.size() > 1) join_again(rows);
    if (insert({rows})) return true;
    if (sqlstate_ == kCheckViolation) {
      const InTheWay others = this->in_the_way();
      if (!others.columns.empty() && others != in_the_way) return search(n, rows, others);
    }
    std::size_t i = 0;
    while (i < at.size() && ++at[i] == choices[i].second.size()) at[i++] = 0;
    if (i == at.size()) return false;
  }
  return false;
}

SampleRowMaker::Rows SampleRowMaker::rows_for(std::size_t n, Extent extent) const {
  Rows rows;
  for (const SampleTable* table : tables_) rows.push_back(values_for(*table, n, extent));
  keep_bounds(rows);
  join(rows, n, extent);
  return rows;
}

/// What the bounds of partitions ask of a row.
void SampleRowMaker::keep_bounds(Rows& rows) const {
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const SampleBound& level : tables_[i]->bounds) {
      const auto values = values_of_bound(level.bound);
      for (std::size_t k = 0; k < values.size() && k < level.keys.size(); ++k)
        if (!values[k].empty() && !level.keys[k].empty()) rows[i][level.keys[k]] = values[k];
    }
}

/// Of the table, or of the partition that stands for it; else how many there are.
std::size_t SampleRowMaker::index_of(const std::string& oid) const {
  const auto found = std::ranges::find_if(
      tables_, [&](const SampleTable* table) { return table->oid == oid || table->root == oid; });
  return static_cast<std::size_t>(found - tables_.begin());
}

SampleRowMaker::Values SampleRowMaker::values_for(const SampleTable& table, std::size_t n,
                                                  Extent extent) const {
  Values values;
  for (const SampleColumn& column : table.columns) {
    const bool needed = column.not_null || extent == Extent::all_columns;
    if (!column.is_generated && !column.has_default && needed)
      values[column.name] = sample_value(column, n);
  }
  for (const SampleKey& key : table.keys) {
    if (index_of(key.table) < tables_.size()) continue;
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      const SampleColumn* column = column_of(table, key.columns[i]);
      if (column != nullptr && !column->is_generated &&
          (column->not_null || extent == Extent::all_columns))
        values[column->name] = reference(key, i, n);
    }
  }
  return values;
}

/// The value is that of the table that is referred to, unless bounds have a say in the other.
void SampleRowMaker::tie(Rows& rows, const Cell& from, const Cell& to) const {
  const auto is_bound = [&](const Cell& cell) {
    return std::ranges::any_of(tables_[cell.table]->bounds, [&](const SampleBound& level) {
      return std::ranges::find(level.keys, cell.column) != level.keys.end();
    });
  };
  if (is_bound(from) && !is_bound(to))
    rows[to.table][to.column] = rows[from.table][from.column];
  else
    rows[from.table][from.column] = rows[to.table][to.column];
}

/// Calls it with the columns of each key within the tables: visit(from, to), as often as a value
/// may have to be handed on, since a column may refer to one that refers on.
template <typename Visit>
void SampleRowMaker::for_each_pair(const Visit& visit) const {
  for (std::size_t round = 0; round < tables_.size(); ++round)
    for (std::size_t from = 0; from < tables_.size(); ++from)
      for (const SampleKey& key : tables_[from]->keys) {
        const std::size_t to = index_of(key.table);
        if (to == tables_.size()) continue;
        for (std::size_t i = 0; i < key.columns.size(); ++i)
          visit(Cell{from, key.columns[i]}, Cell{to, key.refers_to[i]});
      }
}

void SampleRowMaker::join(Rows& rows, std::size_t n, Extent extent) const {
  for_each_pair([&](const Cell& from, const Cell& to) {
    const SampleColumn* column = column_of(*tables_[from.table], from.column);
    const SampleColumn* meant = column_of(*tables_[to.table], to.column);
    if (column == nullptr || column->is_generated || meant == nullptr) return;
    const bool itself = to.table == from.table;
    if (column->not_null || (!itself && extent == Extent::all_columns)) {
      rows[from.table].try_emplace(column->name, sample_value(*column, n));
      rows[to.table].try_emplace(meant->name, sample_value(*meant, n));
      tie(rows, from, to);
    } else if (itself) {
      rows[from.table][column->name] = "NULL";
    }
  });
}

void SampleRowMaker::join_again(Rows& rows) const {
  for_each_pair([&](const Cell& from, const Cell& to) {
    const auto value = rows[from.table].find(from.column);
    const bool is_there = value != rows[from.table].end() && rows[to.table].contains(to.column);
    if (is_there && value->second != "NULL") tie(rows, from, to);
  });
}

std::string SampleRowMaker::insert_into(std::size_t table, const std::vector<Rows>& all) const {
  const std::string& name = tables_[table]->name;
  std::string columns;
  for (const auto& [column, value] : all.front()[table])
    columns += (columns.empty() ? "" : ", ") + column;
  if (columns.empty()) return fmt::format("INSERT INTO {} DEFAULT VALUES", name);
  std::string sql =
      fmt::format("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ", name, columns);
  for (const Rows& rows : all) {
    std::string values;
    for (const auto& [column, value] : rows[table]) values += (values.empty() ? "" : ", ") + value;
    sql += fmt::format("{}({})", &rows == &all.front() ? "" : ", ", values);
  }
  return sql;
}

bool SampleRowMaker::insert(const std::vector<Rows>& all) {
  std::string sql = insert_into(0, all);
  if (tables_.size() > 1) {
    sql = "WITH";
    for (std::size_t i = 0; i < tables_.size(); ++i)
      sql += fmt::format("{} r{} AS ({})", i == 0 ? "" : ",", i, insert_into(i, all));
    sql += " SELECT";
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

/// The columns of the CHECK that the server named, or of the bounds; of a domain, all that have a
/// CHECK.
SampleRowMaker::InTheWay SampleRowMaker::in_the_way() const {
  const bool by_bounds = why_.find("violates partition constraint") != std::string::npos;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    if (by_bounds && !tables_[i]->partitioned_by.empty()) return {i, tables_[i]->partitioned_by};
    for (const auto& [name, columns] : tables_[i]->checks)
      if (why_.find("\"" + name + "\"") != std::string::npos) return {i, columns};
  }
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    std::vector<std::string> all;
    for (const SampleColumn& column : tables_[i]->columns)
      if (!column.checks.empty()) all.push_back(column.name);
    if (!all.empty()) return {i, all};
  }
  return {};
}

}  // namespace migrator
