#include "engine/run/circles.h"

#include <fmt/format.h>

#include <algorithm>

namespace migrator {
namespace {

class Graph {
 public:
  Graph(std::size_t count, const std::vector<TableReference>& references)
      : count_(count), reaches_(count * count) {
    for (const TableReference& one : references) reaches_[one.from * count + one.to] = true;
    for (std::size_t via = 0; via < count; ++via)
      for (std::size_t from = 0; from < count; ++from)
        for (std::size_t to = 0; reaches(from, via) && to < count; ++to)
          if (reaches(via, to)) reaches_[from * count + to] = true;
  }

  bool reaches(std::size_t from, std::size_t to) const { return reaches_[from * count_ + to]; }
  bool are_in_circle(std::size_t one, std::size_t other) const {
    return reaches(one, other) && reaches(other, one);
  }

 private:
  std::size_t count_;
  std::vector<bool> reaches_;
};

bool has(const Circle& circle, std::size_t member) {
  return std::ranges::find(circle.members, member) != circle.members.end();
}

bool is_inside(const Circle& circle, const TableReference& one) {
  return has(circle, one.from) && has(circle, one.to);
}

std::vector<Circle> circles_of(const Graph& graph, std::size_t count) {
  std::vector<Circle> circles;
  std::vector<bool> is_known(count);
  for (std::size_t one = 0; one < count; ++one) {
    if (is_known[one] || !graph.reaches(one, one)) continue;
    Circle circle;
    for (std::size_t other = one; other < count; ++other) {
      if (!graph.are_in_circle(one, other)) continue;
      circle.members.push_back(other);
      is_known[other] = true;
    }
    circles.push_back(std::move(circle));
  }
  return circles;
}

/// Nulls first: they help also where a file names rows by another key, which have to be there.
void break_open(Circle& circle, const std::vector<std::string>& tables,
                std::vector<TableReference>& references) {
  for (const TableReference& one : references) {
    if (!is_inside(circle, one)) continue;
    circle.shown += fmt::format("{}{}.{} -> {}", circle.shown.empty() ? "" : ", ", tables[one.from],
                                fmt::join(one.columns, "+"), tables[one.to]);
  }
  const auto is_open = [&](const TableReference& one) {
    return is_inside(circle, one) && (!one.nullable.empty() || one.deferrable);
  };
  for (const TableReference& one : references) {
    if (!is_open(one)) continue;
    std::vector<std::string>& columns = circle.left_out[one.from];
    columns.insert(columns.end(), one.nullable.begin(), one.nullable.end());
  }
  std::erase_if(references, is_open);
  const Graph left(tables.size(), references);
  circle.is_closed = std::ranges::any_of(
      circle.members, [&](std::size_t member) { return left.reaches(member, member); });
  if (circle.is_closed) circle.left_out.clear();
}

void keep_together(const Circle& circle, std::vector<TableReference>& references) {
  const std::vector<TableReference> before = references;
  for (const TableReference& one : before) {
    if (has(circle, one.from) == has(circle, one.to)) continue;
    for (const std::size_t member : circle.members)
      references.push_back(has(circle, one.from) ? TableReference{.from = member, .to = one.to}
                                                 : TableReference{.from = one.from, .to = member});
  }
}

}  // namespace

std::vector<Circle> find_circles(const std::vector<std::string>& tables,
                                 std::vector<TableReference>& references) {
  const Graph graph(tables.size(), references);
  std::vector<Circle> circles = circles_of(graph, tables.size());
  for (Circle& circle : circles) {
    break_open(circle, tables, references);
    if (!circle.is_closed) keep_together(circle, references);
  }
  return circles;
}

}  // namespace migrator
