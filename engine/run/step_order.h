// The order in which the steps of a plan run: that of the plan, but for seeds of data, which take
// their places among themselves by the foreign keys of their tables. Those are known when the steps
// before have made the tables, so the server is asked at the first of them. Where keys go in a
// circle, the order of the names holds.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/pg/table_references.h"
#include "engine/plan/planner.h"

namespace migrator {

class StepOrder {
 public:
  StepOrder(Connection& connection, const std::vector<Step>& steps);

  /// To be asked of all positions, in their order. Throws as Connection::query.
  const Step& at(std::size_t position);
  /// Which of the plan's steps that is, as far as it was asked.
  std::size_t placed(std::size_t position) const { return order_[position]; }

 private:
  void put_in_order();

  Connection& connection_;
  const std::vector<Step>& steps_;
  std::vector<std::size_t> order_ = {};
  bool is_in_order_ = false;
};

/// 0 to `count` - 1, each behind those that it refers to, else as they are.
std::vector<std::size_t> behind_what_they_refer_to(std::size_t count,
                                                   const std::vector<TableReference>& references);

}  // namespace migrator
