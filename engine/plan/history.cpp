#include "engine/plan/history.h"

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

}  // namespace migrator
