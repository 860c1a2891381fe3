#include "engine/lint/allowances.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/lint/rule.h"

namespace migrator {

bool Allowances::allow(std::string_view rule, const Command& command) {
  if (command.text != 0 || used_.empty()) return false;
  const std::size_t end = end_of(command.statement);
  for (std::size_t i = 0; i < part_.allowances.size(); ++i) {
    const Allowance& allowance = part_.allowances[i];
    if (allowance.rule != rule || allowance.offset < begin_ || allowance.offset >= end) continue;
    used_[i] = true;
    return true;
  }
  return false;
}

void Allowances::passed(const Command& command) {
  if (command.text == 0 && !used_.empty()) begin_ = end_of(command.statement);
}

void Allowances::complain(std::vector<Finding>& findings, Run run) const {
  const auto needs_a_run = [&](std::string_view rule) {
    return run == Run::none && std::ranges::any_of(observed_rules(), [&](const Rule& known) {
             return known.id == rule;
           });
  };
  for (std::size_t i = 0; i < used_.size(); ++i) {
    const Allowance& allowance = part_.allowances[i];
    const Place place = place_of(part_.source(), allowance.offset);
    if (find_rule(allowance.rule) == nullptr)
      findings.push_back({.id = "unknown-rule",
                          .message = fmt::format("there is no rule \"{}\"", allowance.rule),
                          .place = place,
                          .next = "migrator explain lists the rules"});
    else if (!used_[i] && !needs_a_run(allowance.rule))
      findings.push_back({.severity = Severity::warning,
                          .id = "unused-allow",
                          .message = fmt::format("nothing here is found by {}", allowance.rule),
                          .place = place,
                          .next = "remove the comment"});
  }
}

std::size_t Allowances::end_of(const Statement& statement) const {
  const std::size_t end = statement.offset + statement.length;
  const std::size_t line = part_.text.view().find('\n', end);
  return line == std::string_view::npos ? part_.text.view().size() : line;
}

}  // namespace migrator
