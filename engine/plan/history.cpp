#include "engine/plan/history.h"

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

bool AppliedMigration::undoing() const {
  return !journal.empty() && journal.front().starts_with("undo ");
}

const AppliedMigration* History::find(std::string_view id) const {
  const auto row = std::ranges::find(rows, id, &AppliedMigration::id);
  return row == rows.end() ? nullptr : &*row;
}

std::optional<Version> History::newest() const {
  std::optional<Version> newest;
  for (const AppliedMigration& row : rows) newest = std::max(newest, row.version);
  return newest;
}

}  // namespace migrator
