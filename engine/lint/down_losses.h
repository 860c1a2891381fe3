// Which rows a down part takes with it: the tables and columns that it drops, what it deletes.
// Facts of the text; how many rows there are, and whether they matter, nobody knows here.
#pragma once

#include <vector>

#include "engine/base/finding.h"
#include "engine/sql/part.h"

namespace migrator {

/// A note ("down-loses-data") for each statement that loses rows or values.
std::vector<Finding> losses_of(const Part& down);

}  // namespace migrator
