// Tables that refer to each other in a circle. Where a column may be null its rows get their value
// in a second pass; where a constraint may be deferred it waits for the end; both want one
// transaction for all of them. What it does not do: run anything, or know files.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "engine/pg/table_references.h"

namespace migrator {

struct Circle {
  std::vector<std::size_t> members = {};  ///< numbers in the list of tables
  /// Columns that the first pass leaves out, by member.
  std::map<std::size_t, std::vector<std::string>> left_out = {};
  /// Neither helps: its foreign keys cannot all hold unless rows are there already.
  bool is_closed = false;
  /// "a.b_id -> b, b.a_id -> a"
  std::string shown = {};
};

/// What breaks them is taken out of the references, and others are added that keep what is outside
/// of a circle before or behind all of it.
std::vector<Circle> find_circles(const std::vector<std::string>& tables,
                                 std::vector<TableReference>& references);

}  // namespace migrator
