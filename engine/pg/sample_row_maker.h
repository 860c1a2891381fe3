// Makes up the rows of one table, inside the transaction that is open: tries, and where the server
// says which CHECK was in the way, tries what that seems to ask for.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "engine/pg/connection.h"
#include "engine/pg/sample_columns.h"

namespace migrator {

class SampleRowMaker {
 public:
  SampleRowMaker(Connection& connection, const SampleTable& table)
      : connection_(connection), table_(table) {}

  /// How many it made, of so many. For none, why() says what the server said last.
  std::size_t make(std::size_t rows);
  const std::string& why() const { return why_; }

 private:
  enum class Extent { all_columns, needed_columns };
  using Values = std::map<std::string, std::string>;  ///< by column

  bool make_row(std::size_t n);
  bool search(std::size_t n, Values values, const std::vector<std::string>& columns);
  Values values_for(std::size_t n, Extent extent) const;
  bool insert(const std::vector<Values>& rows);
  std::vector<std::string> columns_in_the_way() const;

  Connection& connection_;
  const SampleTable& table_;
  std::string why_ = {};
  std::string sqlstate_ = {};
  std::size_t tries_left_ = 0;
};

}  // namespace migrator
