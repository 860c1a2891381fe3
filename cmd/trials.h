// What check and diff try out on a scratch server: drift, a run from scratch, the down parts.
#pragma once

#include "cmd/open.h"
#include "cmd/world.h"
#include "engine/report/outcome.h"

namespace migrator {

/// How the database differs from what its migrations make.
void add_drift(const World& world, Workplace& place, CheckReport& report);

/// --from-scratch and --downs. Not tried on files that are wrong.
void add_proofs(const World& world, const Config& config, CheckReport& report);

}  // namespace migrator
