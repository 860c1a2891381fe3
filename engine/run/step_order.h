// The order in which the steps of a plan run: that of the plan, but for seeds of data, which take
// their places among the seeds around them by the foreign keys of their tables, where no file asks
// for another order. Keys are known when the steps before have made the tables, so the server is
// asked at the first of such seeds. Where keys go in a circle that cannot be broken, the order of
// the names holds.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/pg/table_references.h"
#include "engine/plan/planner.h"
#include "engine/run/circles.h"

namespace migrator {

class StepOrder {
 public:
  StepOrder(Connection& connection, const std::vector<Step>& steps);

  /// To be asked of all positions, in their order. Throws as Connection::query.
  const Step& at(std::size_t position);
  /// Which of the plan's steps that is, as far as it was asked.
  std::size_t placed(std::size_t position) const { return order_[position]; }
  /// The circle whose first step that is, its members as steps of the plan; or of which that step
  /// is any, where it is closed.
  const Circle* circle_at(std::size_t position) const;
  /// How many steps from there on are seeds of data of which none waits for another, and none is
  /// part of a circle. Precondition: at(position) was asked.
  std::size_t independent_from(std::size_t position) const;

 private:
  void put_in_order(std::size_t first);
  std::vector<std::size_t> order_of(std::size_t first);
  static void join(const Circle& circle, std::vector<std::size_t>& order);

  Connection& connection_;
  const std::vector<Step>& steps_;
  std::vector<std::size_t> order_ = {};
  std::vector<Circle> circles_ = {};
  std::vector<TableReference> waits_ = {};  ///< between steps of the plan, for whatever reason
  std::size_t settled_ = 0;                 ///< what stands before that position stays there
};

/// 0 to `count` - 1, each behind those that it refers to, else as they are; what `wishes` say holds
/// against the references.
std::vector<std::size_t> behind_what_they_refer_to(std::size_t count,
                                                   const std::vector<TableReference>& references,
                                                   const std::vector<TableReference>& wishes = {});

}  // namespace migrator
