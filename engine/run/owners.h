// Waiting for migrators that are at work on a file and hold no lock that this run could wait for:
// behind a transaction pooler (their row has a lease), or with a session whose lock a file gave
// away (its session is still there). Polled, with no snapshot held in between.
#pragma once

#include "engine/plan/history.h"
#include "engine/run/up.h"

namespace migrator {

/// Returns when no other run is at work on a row of `history` that is started. True when it had to
/// wait: what was read is old then. Throws Error(lock, "lock-timeout") when RunOptions::lock_wait
/// is over, Error(lock, "cancelled") on a stop request.
bool wait_for_owners(const RunSite& site, const History& history);

}  // namespace migrator
