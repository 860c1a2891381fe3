#include "engine/plan/history.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace migrator {

std::string_view to_text(StepKind kind) {
  switch (kind) {
    case StepKind::versioned:
      return "versioned";
    case StepKind::repeatable:
      return "repeatable";
    case StepKind::seed:
      return "seed";
    case StepKind::baseline:
      return "baseline";
  }
  return "";
}

std::string_view to_text(StepState state) {
  switch (state) {
    case StepState::started:
      return "started";
    case StepState::applied:
      return "applied";
    case StepState::failed:
      return "failed";
  }
  return "";
}

std::string premise_of(const History& history) {
  std::vector<std::string> lines;
  for (const AppliedMigration& row : history.rows)
    lines.push_back(
        fmt::format("{}|{}|{}|{}\n", row.id, to_text(row.state), row.fence, row.run_id));
  std::ranges::sort(lines, {},
                    [](const std::string& line) { return line.substr(0, line.find('|')); });
  return sha256(fmt::format("{}", fmt::join(lines, "")));
}

bool AppliedMigration::undoing() const {
  return !journal.empty() && journal.front().starts_with("undo ");
}

}  // namespace migrator
