#include "engine/report/exit_code.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace migrator {
namespace {

constexpr std::array<std::string_view, 3> kNeedsDecision{"half-done", "in-doubt",
                                                         "done-statement-changed"};
constexpr std::array<std::string_view, 5> kDisagrees{"changed", "late", "missing", "no-down",
                                                     "baseline-reached"};

bool any_error(std::span<const Finding> findings, auto&& is_one_of_these) {
  return std::ranges::any_of(findings, [&](const Finding& finding) {
    return finding.severity == Severity::error && is_one_of_these(finding.id);
  });
}

}  // namespace

int exit_code_of_refusal(std::span<const Finding> findings) {
  const auto needs_decision = [](const std::string& id) {
    return std::ranges::find(kNeedsDecision, id) != kNeedsDecision.end();
  };
  const auto disagrees = [](const std::string& id) {
    return std::ranges::find(kDisagrees, id) != kDisagrees.end();
  };
  if (any_error(findings, needs_decision)) return kMigrationFailed;
  const auto wrong_in_itself = [&](const std::string& id) { return !disagrees(id); };
  return any_error(findings, wrong_in_itself) ? kUsage : kFound;
}

}  // namespace migrator
