#include "engine/report/at_work.h"

#include <fmt/format.h>

namespace migrator {

std::string to_text(const AtWork& work) {
  const StatementProgress progress{.file = work.file.empty() ? "a migrator" : work.file,
                                   .what = work.migrator.statement,
                                   .elapsed = work.elapsed,
                                   .phase = work.phase,
                                   .share = work.share,
                                   .rows = work.rows,
                                   .blockers = work.blockers};
  if (!work.is_executing) return progress.file + ": between two statements";
  return to_text(progress);
}

}  // namespace migrator
