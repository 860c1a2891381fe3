// The safe way to do what a statement does, written out with its own names, for the rules whose way
// can be: what `check` shows instead of the example of the rule. "-- next file" begins another
// migration.
#pragma once

#include <string>

#include "engine/lint/check.h"

namespace migrator {

/// SQL; empty where there is none for that rule, or the statement does more than can be told.
std::string safe_way(const Situation& now, const Complaint& complaint);

}  // namespace migrator
