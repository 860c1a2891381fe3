#include "engine/run/step_order.h"

#include <algorithm>
#include <string>

namespace migrator {

std::vector<std::size_t> behind_what_they_refer_to(std::size_t count,
                                                   const std::vector<TableReference>& references) {
  std::vector<std::size_t> order;
  std::vector<bool> placed(count);
  const auto is_ready = [&](std::size_t one) {
    return std::ranges::all_of(references, [&](const TableReference& reference) {
      return reference.from != one || placed[reference.to];
    });
  };
  while (order.size() < count) {
    std::size_t next = count;
    for (std::size_t i = count; i-- > 0;)
      if (!placed[i] && is_ready(i)) next = i;
    if (next == count)  // a circle
      next = static_cast<std::size_t>(std::ranges::find(placed, false) - placed.begin());
    placed[next] = true;
    order.push_back(next);
  }
  return order;
}

StepOrder::StepOrder(Connection& connection, const std::vector<Step>& steps)
    : connection_(connection), steps_(steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) order_.push_back(i);
}

const Step& StepOrder::at(std::size_t position) {
  if (!is_in_order_ && steps_[position].part->is_generated()) put_in_order();
  return steps_[order_[position]];
}

void StepOrder::put_in_order() {
  is_in_order_ = true;
  std::vector<std::size_t> places;
  std::vector<std::string> tables;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (!steps_[i].part->is_generated()) continue;
    places.push_back(i);
    tables.push_back(steps_[i].part->table);
  }
  const auto order =
      behind_what_they_refer_to(places.size(), table_references(connection_, tables));
  for (std::size_t i = 0; i < places.size(); ++i) order_[places[i]] = places[order[i]];
}

}  // namespace migrator
