// Values for made-up rows, as SQL: what a column can hold by its type and limits, the likely first,
// and then what its CHECKs seem to ask for. Guesses, which the server judges.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/pg/sample_columns.h"

namespace migrator {

/// For the n-th row, from 1. Other rows get other values wherever the type has enough of them.
std::string sample_value(const SampleColumn& column, std::size_t n);

/// Others to try where a CHECK refuses that one, or the bounds of a partition do.
std::vector<std::string> other_values(const SampleColumn& column, std::size_t n);

/// What the bounds of a partition say that its key columns can hold; empty where they do not.
std::vector<std::string> values_of_bound(const std::string& bound);

}  // namespace migrator
