// Waiting until no other session builds, drops or detaches something of a table: polled, with no
// snapshot held in between, for a CREATE INDEX CONCURRENTLY waits for every snapshot.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/run/heal.h"

namespace migrator {

/// The tables (by oid) are asked for anew each time: what is being built may not be in the catalog
/// yet. Throws as heal_before. Precondition: no transaction is open.
void wait_for_workers(Connection& connection, const HealOptions& options,
                      const std::function<std::vector<std::string>()>& tables);

}  // namespace migrator
