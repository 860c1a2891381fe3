// Makes up the rows of a table, or of several that all refer to each other, inside the transaction
// that is open: tries, and where the server says which CHECK was in the way, or the bounds of a
// partition, tries what that seems to ask for.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/pg/sample_columns.h"

namespace migrator {

class SampleRowMaker {
 public:
  /// The tables must outlive it. Rows of several are made by one statement, behind which the server
  /// looks at their foreign keys.
  SampleRowMaker(Connection& connection, std::vector<const SampleTable*> tables)
      : connection_(connection), tables_(std::move(tables)) {}

  /// How many it made in each, of so many. For none, why() says what the server said last.
  std::size_t make(std::size_t rows);
  const std::string& why() const { return why_; }

 private:
  enum class Extent { all_columns, needed_columns };
  using Values = std::map<std::string, std::string>;  ///< by column
  using Rows = std::vector<Values>;                   ///< one for each table

  /// What the server refused a row for.
  struct InTheWay {
    std::size_t table = 0;
    std::vector<std::string> columns = {};
    bool operator==(const InTheWay&) const = default;
  };

  /// A value of a row.
  struct Cell {
    std::size_t table;
    std::string column;
  };

  bool make_row(std::size_t n);
  bool search(std::size_t n, Rows rows, const InTheWay& in_the_way);
  Rows rows_for(std::size_t n, Extent extent) const;
  Values values_for(const SampleTable& table, std::size_t n, Extent extent) const;
  void keep_bounds(Rows& rows) const;
  /// Within the tables: the same values on both sides.
  void join(Rows& rows, std::size_t n, Extent extent) const;
  /// The same where some have changed.
  void join_again(Rows& rows) const;
  void tie(Rows& rows, const Cell& from, const Cell& to) const;
  std::size_t index_of(const std::string& oid) const;
  template <typename Visit>
  void for_each_pair(const Visit& visit) const;
  bool insert(const std::vector<Rows>& all);
  std::string insert_into(std::size_t table, const std::vector<Rows>& all) const;
  InTheWay in_the_way() const;

  Connection& connection_;
  std::vector<const SampleTable*> tables_;
  std::string why_ = {};
  std::string sqlstate_ = {};
  std::size_t tries_left_ = 0;
};

}  // namespace migrator
