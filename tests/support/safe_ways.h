// Statements that a rule minds, with the safe way that `check` shows for each: for the test of what
// is written, and for the one that runs it.
#pragma once

#include <string_view>
#include <vector>

namespace migrator {

struct Way {
  const char* rule;
  const char* sql;
  const char* safe;
};

/// They work on the examples' schema (engine/lint/rule.h) and on these tables.
std::string_view tables_with_other_keys();

std::vector<Way> safe_ways();

}  // namespace migrator
