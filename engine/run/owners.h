// Waiting for migrators that are at work on a file and hold no lock that this run could wait for:
// behind a pooler (their row has a lease), or with a session whose lock a file gave away (its
// session is still there). Polled, with no snapshot held in between.
#pragma once

#include <memory>

#include "engine/run/reading.h"
#include "engine/run/up.h"

namespace migrator {

/// What is there when no other run is at work on a row that is started. `waited` becomes true when
/// one had to be waited for. Throws Error(lock, "lock-timeout") when RunOptions::lock_wait is over,
/// Error(lock, "cancelled") on a stop request; and as Reading.
std::unique_ptr<Reading> read_when_free(const RunSite& site, const Project& project, bool& waited);

}  // namespace migrator
