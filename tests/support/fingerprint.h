// Everything of a database that has to be the same whatever happened on the way, as text with a
// line for each thing: catalog, rows, history. What is not in it: oids, times, run ids, and where
// sequences stand, since a try that was rolled back uses up their values for good.
#pragma once

#include <string>

#include "engine/pg/connection.h"

namespace migrator {

std::string fingerprint_of(Connection& connection);

}  // namespace migrator
