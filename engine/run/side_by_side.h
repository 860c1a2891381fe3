// Seeds of data that do not refer to each other, several at once: each in its own transaction, in a
// session and a thread of its own, while the run's session holds the migrators' lock. A session
// that is lost is replaced (engine/run/lifeline), and its file begun again. Results are told in the
// order of the steps. After a failure nothing new is begun; what was begun goes on to its end.
#pragma once

#include <optional>
#include <span>

#include "engine/plan/planner.h"
#include "engine/report/outcome.h"
#include "engine/run/run_steps.h"
#include "engine/run/up.h"

namespace migrator {

/// How the steps ended that were not done.
struct SideBySideFailure {
  const Step* step = nullptr;
  Error error;
  StepResult result = {};
  bool has_begun = false;
};

/// What is done goes into the report; the answer is the first failure in the order of the steps.
/// Precondition: the session is no pooler's, and RunSite::connect_anew is there.
std::optional<SideBySideFailure> run_side_by_side(const RunSite& site,
                                                  std::span<const Step* const> steps,
                                                  RunReport& report);

}  // namespace migrator
