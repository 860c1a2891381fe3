#include "engine/pg/sample_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "engine/base/error.h"
#include "engine/pg/sample_row_maker.h"
#include "engine/pg/script.h"

namespace migrator {
namespace {

constexpr std::size_t kRows = 3;

constexpr std::string_view kName = R"(
select pg_catalog.format('%I.%I', n.nspname, c.relname) from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = $1::pg_catalog.oid)";

bool has_rows(Connection& connection, const std::string& table) {
  return connection.query(fmt::format("select exists (select from {})", table))[0][0] == "t";
}

/// Tables in the order of their foreign keys, as far as there is one.
class Filling {
 public:
  Filling(Connection& connection, std::vector<SampleTable> tables, const std::stop_token& stop)
      : connection_(connection), tables_(std::move(tables)), stop_(stop) {
    for (const SampleTable& table : tables_) {
      if (!has_rows(connection_, table.name))
        pending_.push_back(&table);
      else if (!table.root.empty())
        with_rows.insert(table.root);
    }
  }

  std::set<std::string> filled = {};
  std::set<std::string> with_rows = {};  ///< partitioned tables, oids

  void run() {
    // First those that refer to nothing that is still to be filled; where there is a circle, those
    // whose way round it may be NULL; and of circles all tables at once.
    while (!pending_.empty() && !stop_.stop_requested())
      if (!fill_some(Keys::all) && !fill_some(Keys::needed)) fill(smallest_circle());
  }

  /// Oids with the reasons. Of partitions it is enough that one has rows.
  std::vector<std::pair<std::string, EmptyTable>> failed() const {
    std::vector<std::pair<std::string, EmptyTable>> all;
    std::set<std::string> told;
    for (const auto& [table, why] : failed_) {
      const std::string& whole = table->root.empty() ? table->oid : table->root;
      if (with_rows.contains(whole) || !told.insert(whole).second) continue;
      all.push_back({whole, {table->root.empty() ? table->name : table->root_name, why}});
    }
    return all;
  }

 private:
  using Tables = std::vector<const SampleTable*>;
  enum class Keys { all, needed };  ///< needed: the columns may not be NULL

  /// What it refers to that is still to be filled, but for itself.
  Tables pending_of(const SampleTable& table, Keys keys) const {
    Tables found;
    for (const SampleKey& key : table.keys) {
      const bool needed = std::ranges::any_of(key.columns, [&](const std::string& name) {
        const auto column = std::ranges::find(table.columns, name, &SampleColumn::name);
        return column != table.columns.end() && column->not_null;
      });
      if (keys == Keys::needed && !needed) continue;
      for (const SampleTable* other : pending_)
        if (other != &table && (other->oid == key.table || other->root == key.table))
          found.push_back(other);
    }
    return found;
  }

  /// One at a time where only a circle is left, since each opens the way for others.
  bool fill_some(Keys keys) {
    const auto ready = std::ranges::find_if(
        pending_, [&](const SampleTable* table) { return pending_of(*table, keys).empty(); });
    if (ready == pending_.end()) return false;
    fill({*ready});
    return true;
  }

  /// All that a table needs, of a partitioned one a single partition. Where each needs others, what
  /// the fewest are needed by is a circle.
  Tables smallest_circle() const {
    Tables smallest;
    for (const SampleTable* table : pending_) {
      Tables reached{table};
      for (std::size_t i = 0; i < reached.size(); ++i)
        for (const SampleTable* other : pending_of(*reached[i], Keys::needed))
          if (std::ranges::none_of(
                  reached, [&](const SampleTable* one) { return stands_for(*one, *other); }))
            reached.push_back(other);
      if (smallest.empty() || reached.size() < smallest.size()) smallest = std::move(reached);
    }
    return smallest;
  }

  /// Whether a row in the one is as good as a row in the other.
  static bool stands_for(const SampleTable& one, const SampleTable& other) {
    return one.oid == other.oid || (!one.root.empty() && one.root == other.root);
  }

  /// In place of those of a circle for which no row can be made: the one that another partition can
  /// stand for, which is tried next, or all.
  Tables given_up(const Tables& circle) {
    constexpr std::size_t most_partitions = 4;
    for (const SampleTable* table : circle) {
      const bool has_another = std::ranges::any_of(pending_, [&](const SampleTable* other) {
        return other != table && stands_for(*other, *table);
      });
      if (circle.size() > 1 && has_another && ++partitions_tried_[table->root] < most_partitions)
        return {table};
    }
    return circle;
  }

  void fill(const Tables& tables) {
    SampleRowMaker maker(connection_, tables);
    const bool made = maker.make(kRows) > 0;
    const Tables done = made ? tables : given_up(tables);
    for (const SampleTable* table : done) {
      if (made) {
        filled.insert(table->oid);
        with_rows.insert(table->root.empty() ? table->oid : table->root);
      } else {
        failed_.emplace_back(table, maker.why());
      }
    }
    std::erase_if(pending_, [&](const SampleTable* table) {
      return std::ranges::find(done, table) != done.end();
    });
  }

  Connection& connection_;
  const std::vector<SampleTable> tables_;
  Tables pending_ = {};
  std::map<std::string, std::size_t> partitions_tried_ = {};  ///< by the oid of the whole
  std::vector<std::pair<const SampleTable*, std::string>> failed_ = {};
  const std::stop_token& stop_;
};

}  // namespace

void SampleRows::fill(Connection& connection, const std::stop_token& stop) {
  std::vector<SampleTable> tables = sample_tables(connection, ignored_);
  std::erase_if(tables, [&](const SampleTable& table) { return !tried_.insert(table.oid).second; });
  fill(connection, std::move(tables), stop);
}

void SampleRows::fill(Connection& connection, std::vector<SampleTable> tables,
                      const std::stop_token& stop) {
  if (tables.empty()) return;
  run_command(connection, "BEGIN");
  Filling filling(connection, std::move(tables), stop);
  filling.run();
  commit(connection);
  ever_filled_.insert(filling.filled.begin(), filling.filled.end());
  had_rows_.merge(filling.with_rows);
  filled_.merge(filling.filled);
  for (auto& [oid, table] : filling.failed()) failed_.push_back({oid, std::move(table)});
}

bool SampleRows::remove(Connection& connection) {
  const std::vector<SampleTable> tables = sample_tables(connection, ignored_);
  std::string names;
  std::vector<const SampleTable*> with_rows;
  for (const SampleTable& table : tables) {
    if (filled_.contains(table.oid))
      names += (names.empty() ? "" : ", ") + table.name;
    else if (has_rows(connection, table.name))
      with_rows.push_back(&table);
  }
  if (names.empty()) return false;
  run_command(connection, fmt::format("TRUNCATE {} CASCADE", names));
  removed_ = std::exchange(filled_, {});
  for (const SampleTable* table : with_rows) {
    had_rows_.insert(table->root.empty() ? table->oid : table->root);
    if (!has_rows(connection, table->name)) removed_.insert(table->oid);
  }
  return true;
}

void SampleRows::fill_again(Connection& connection, const std::stop_token& stop) {
  const std::set<std::string> removed = std::exchange(removed_, {});
  std::vector<SampleTable> tables = sample_tables(connection, ignored_);
  std::erase_if(tables, [&](const SampleTable& table) { return !removed.contains(table.oid); });
  fill(connection, std::move(tables), stop);
}

std::vector<EmptyTable> SampleRows::empty(Connection& connection) const {
  std::vector<EmptyTable> empty;
  try {
    for (const Failed& failed : failed_) {
      if (had_rows_.contains(failed.oid)) continue;
      const std::vector<Field> oid{failed.oid};
      const auto there = connection.query(kName, oid);
      if (there.empty() || !has_rows(connection, there[0][0].value_or("")))
        empty.push_back(failed.table);
    }
  } catch (const Error&) {
    if (connection.is_alive()) throw;
  }
  return empty;
}

}  // namespace migrator
