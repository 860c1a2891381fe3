#include "engine/pg/sample_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/pg/sample_row_maker.h"
#include "engine/pg/script.h"

namespace migrator {
namespace {

constexpr std::size_t kRows = 3;

bool has_rows(Connection& connection, const SampleTable& table) {
  return connection.query(fmt::format("select exists (select from {})", table.name))[0][0] == "t";
}

/// Tables in the order of their foreign keys, as far as there is one.
class Filling {
 public:
  Filling(Connection& connection, std::vector<SampleTable> tables, const std::stop_token& stop)
      : connection_(connection), pending_(std::move(tables)), stop_(stop) {
    std::erase_if(pending_, [&](const SampleTable& table) { return has_rows(connection_, table); });
  }

  std::set<std::string> filled = {};
  std::vector<EmptyTable> empty = {};

  void run() {
    // First those that refer to nothing that is still to be filled; where there is a circle, those
    // whose way round it may be NULL; and then whatever is left, to hear the server's reason.
    while (!pending_.empty() && !stop_.stop_requested())
      if (!fill_some(false) && !fill_some(true)) {
        fill(pending_.front());
        pending_.erase(pending_.begin());
      }
  }

 private:
  bool waits(const SampleTable& table, bool for_needed_alone) const {
    return std::ranges::any_of(table.keys, [&](const SampleKey& key) {
      if (key.table == table.oid) return false;
      const bool needed = std::ranges::any_of(key.columns, [&](const std::string& name) {
        const auto column = std::ranges::find(table.columns, name, &SampleColumn::name);
        return column != table.columns.end() && column->not_null;
      });
      if (for_needed_alone && !needed) return false;
      return std::ranges::find(pending_, key.table, &SampleTable::oid) != pending_.end();
    });
  }

  /// One at a time where only a circle is left, since each opens the way for others.
  bool fill_some(bool for_needed_alone) {
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      if (waits(pending_[i], for_needed_alone)) continue;
      fill(pending_[i]);
      pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
      return true;
    }
    return false;
  }

  void fill(const SampleTable& table) {
    SampleRowMaker maker(connection_, table);
    if (maker.make(kRows) > 0)
      filled.insert(table.oid);
    else
      empty.push_back({table.name, maker.why()});
  }

  Connection& connection_;
  std::vector<SampleTable> pending_;
  const std::stop_token& stop_;
};

}  // namespace

void SampleRows::fill(Connection& connection, const std::stop_token& stop) {
  std::vector<SampleTable> tables = sample_tables(connection, ignored_);
  std::erase_if(tables, [&](const SampleTable& table) { return !tried_.insert(table.oid).second; });
  if (tables.empty()) return;
  run_command(connection, "BEGIN");
  Filling filling(connection, std::move(tables), stop);
  filling.run();
  commit(connection);
  filled_.merge(filling.filled);
  empty_.insert(empty_.end(), filling.empty.begin(), filling.empty.end());
}

bool SampleRows::remove(Connection& connection) {
  std::string names;
  for (const SampleTable& table : sample_tables(connection, ignored_))
    if (filled_.contains(table.oid)) names += (names.empty() ? "" : ", ") + table.name;
  if (names.empty()) return false;
  run_command(connection, fmt::format("TRUNCATE {} CASCADE", names));
  removed_ = std::exchange(filled_, {});
  return true;
}

void SampleRows::fill_again(Connection& connection, const std::stop_token& stop) {
  for (const std::string& oid : std::exchange(removed_, {})) tried_.erase(oid);
  fill(connection, stop);
}

}  // namespace migrator
