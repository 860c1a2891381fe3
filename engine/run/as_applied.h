// The migrations that a database says it has, as a project that makes the same anew: from the
// files, or, where a file is gone or says something else by now, from what the history kept. No
// seeds.
#pragma once

#include <vector>

#include "engine/run/reading.h"

namespace migrator {

/// A migration changed behind its back is taken as its file says now. To `findings`
/// goes what stands in the way (an error: it is half done) or is not known (a warning).
Project as_applied(Connection& connection, const HistoryTable& table, const Reading& reading,
                   std::vector<Finding>& findings);

}  // namespace migrator
