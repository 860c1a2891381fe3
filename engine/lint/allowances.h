// The comments "-- migrator: allow RULE reason" of a part, and which of them were of use.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/base/finding.h"
#include "engine/sql/command.h"

namespace migrator {

class Allowances {
 public:
  /// The part must stay where it is.
  explicit Allowances(const Part& part) : part_(part), used_(part.allowances.size(), false) {}

  /// Whether what the rule finds at that statement, which is the next one, is allowed.
  bool allow(std::string_view rule, const Command& command);

  /// The next statement's comments begin behind this one, and behind its line.
  void passed(const Command& command);

  /// Whether the statements were run, too: some rules speak of that alone.
  enum class Run { none, observed };

  /// Those of no use, and those that name no rule.
  void complain(std::vector<Finding>& findings, Run run) const;

 private:
  std::size_t end_of(const Statement& statement) const;

  const Part& part_;
  std::vector<bool> used_;
  std::size_t begin_ = 0;
};

}  // namespace migrator
