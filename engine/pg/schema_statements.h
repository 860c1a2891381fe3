// The schema of a database as the statements that would make it, as far as the rules of `check`
// ask: tables with their columns and partitions, constraints, indexes, views, domains, enums, and
// what kind of functions there are. To be read by the model of engine/lint; no dump: defaults,
// rights, sequences and much else are left out, and nobody could run it.
#pragma once

#include <string>
#include <vector>

#include "engine/pg/connection.h"

namespace migrator {

/// In an order in which each finds what it needs. Names stand with their schemas. Looks in a
/// transaction of its own, so that none may be open; one round trip.
std::vector<std::string> schema_statements(Connection& connection);

}  // namespace migrator
