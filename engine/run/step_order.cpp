#include "engine/run/step_order.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <string>

namespace migrator {

std::vector<std::size_t> behind_what_they_refer_to(std::size_t count,
                                                   const std::vector<TableReference>& references,
                                                   const std::vector<TableReference>& wishes) {
  std::vector<std::size_t> order;
  std::vector<bool> placed(count);
  const auto has_what_it = [&](std::size_t one, const std::vector<TableReference>& wants) {
    return std::ranges::all_of(wants, [&](const TableReference& reference) {
      return reference.from != one || placed[reference.to];
    });
  };
  const auto first = [&](const auto& is_ready) {
    std::size_t one = 0;
    while (one < count && (placed[one] || !is_ready(one))) ++one;
    return one;
  };
  while (order.size() < count) {
    std::size_t next = first(
        [&](std::size_t one) { return has_what_it(one, references) && has_what_it(one, wishes); });
    if (next == count)  // a circle
      next = first([&](std::size_t one) { return has_what_it(one, wishes); });
    if (next == count) next = first([](std::size_t) { return true; });
    placed[next] = true;
    order.push_back(next);
  }
  return order;
}

namespace {

template <typename Number>
Circle numbered(const Circle& circle, const Number& number) {
  Circle result{.is_closed = circle.is_closed, .shown = circle.shown};
  for (const std::size_t member : circle.members) result.members.push_back(number(member));
  for (const auto& [member, columns] : circle.left_out) result.left_out[number(member)] = columns;
  return result;
}

}  // namespace

StepOrder::StepOrder(Connection& connection, const std::vector<Step>& steps)
    : connection_(connection), steps_(steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) order_.push_back(i);
}

const Step& StepOrder::at(std::size_t position) {
  if (position >= settled_ && steps_[order_[position]].part->is_generated()) put_in_order(position);
  return steps_[order_[position]];
}

/// The seeds from there on, up to the next step that is none.
void StepOrder::put_in_order(std::size_t first) {
  settled_ = first;
  while (settled_ < steps_.size() && steps_[order_[settled_]].kind == StepKind::seed) ++settled_;
  const std::vector<std::size_t> before(order_.begin() + static_cast<std::ptrdiff_t>(first),
                                        order_.end());
  const std::vector<std::size_t> order = order_of(first);
  for (std::size_t i = 0; i < order.size(); ++i) order_[first + i] = before[order[i]];
}

/// Its members stand together, where the last of them stood.
void StepOrder::join(const Circle& circle, std::vector<std::size_t>& order) {
  const auto is_outside = [&](std::size_t one) {
    return std::ranges::find(circle.members, one) == circle.members.end();
  };
  const auto last = std::find_if_not(order.rbegin(), order.rend(), is_outside).base();
  std::stable_partition(order.begin(), last, is_outside);
}

std::size_t StepOrder::independent_from(std::size_t position) const {
  std::size_t end = position;
  const auto waits = [&](const TableReference& one) {
    const auto members = std::span(order_).subspan(position, end - position);
    return one.from == order_[end] && std::ranges::find(members, one.to) != members.end();
  };
  while (end < settled_ && steps_[order_[end]].part->is_generated() && circle_at(end) == nullptr &&
         std::ranges::none_of(waits_, waits))
    ++end;
  return end - position;
}

const Circle* StepOrder::circle_at(std::size_t position) const {
  for (const Circle& circle : circles_) {
    const auto has = [&](std::size_t at) {
      return at < order_.size() &&
             std::ranges::find(circle.members, order_[at]) != circle.members.end();
    };
    if (!has(position)) continue;
    if (circle.is_closed) return &circle;
    for (std::size_t at = position; at < position + circle.members.size(); ++at)
      if (!has(at)) return nullptr;
    return &circle;
  }
  return nullptr;
}

/// Seeds of data change places with each other alone, unless a file asks for more.
std::vector<std::size_t> StepOrder::order_of(std::size_t first) {
  std::vector<std::size_t> places;
  std::vector<std::string> tables;
  std::vector<TableReference> wishes;
  for (std::size_t i = first; i < settled_; ++i) {
    const Step& step = steps_[order_[i]];
    for (std::size_t other = first; other < settled_; ++other)
      if (std::ranges::find(step.after, steps_[order_[other]].id) != step.after.end())
        wishes.push_back({.from = i - first, .to = other - first});
    if (!step.part->is_generated()) continue;
    places.push_back(i - first);
    tables.push_back(step.part->table);
  }
  std::vector<TableReference> references = table_references(connection_, tables);
  for (const TableReference& one : references)
    waits_.push_back(
        {.from = order_[first + places[one.from]], .to = order_[first + places[one.to]]});
  for (const TableReference& one : wishes)
    waits_.push_back({.from = order_[first + one.from], .to = order_[first + one.to]});
  std::vector<Circle> circles = find_circles(tables, references);
  const auto by_keys = behind_what_they_refer_to(places.size(), references);
  std::vector<std::size_t> order(settled_ - first);
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t i = 0; i < places.size(); ++i) order[places[i]] = places[by_keys[i]];
  const auto as_step = [&](std::size_t member) { return order_[first + places[member]]; };
  const auto place_of = [&](std::size_t member) { return places[member]; };
  for (const Circle& circle : circles) {
    circles_.push_back(numbered(circle, as_step));
    if (wishes.empty() && !circle.is_closed) join(numbered(circle, place_of), order);
  }
  if (wishes.empty()) return order;
  // From that order on, with as few changes as the wishes need.
  std::vector<std::size_t> now(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) now[order[i]] = i;
  for (TableReference& one : references) one = {now[places[one.from]], now[places[one.to]]};
  for (TableReference& one : wishes) one = {now[one.from], now[one.to]};
  std::vector<std::size_t> result;
  for (const std::size_t i : behind_what_they_refer_to(order.size(), references, wishes))
    result.push_back(order[i]);
  return result;
}

}  // namespace migrator
