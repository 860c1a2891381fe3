// How many rows tables hold, asked of a session in the middle of what it does: in its transaction
// where one is open, and so that nothing of the question is left there, no lock, role or failure.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/pg/connection.h"
#include "engine/sql/object_name.h"

namespace migrator {

/// By the same keys, of each table without its partitions, counted up to `most`. Nothing when one
/// of them may not be read.
std::map<std::string, std::uint64_t> rows_held(Connection& connection,
                                               const std::map<std::string, ObjectName>& tables,
                                               std::uint64_t most);

}  // namespace migrator
