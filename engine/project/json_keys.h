// The keys of JSON Lines, which name the columns of their rows. The values are the server's to
// read, so that no number loses a digit.
#pragma once

#include <string>
#include <vector>

#include "engine/base/finding.h"
#include "engine/project/data_rows.h"

namespace migrator {

/// In the order in which they turn up. What is wrong goes to `findings`, with its line: no JSON, no
/// object, a blank line.
std::vector<std::string> read_json_keys(const DataRows& rows, const std::string& shown,
                                        std::vector<Finding>& findings);

}  // namespace migrator
