// Rows that are written as a TOML array of tables ([[users]]).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/finding.h"
#include "engine/project/data_rows.h"

namespace migrator {

/// What is wrong is a finding, and no rows then.
std::optional<DataRows> toml_rows(std::string_view text, const std::string& shown,
                                  std::vector<Finding>& findings);

}  // namespace migrator
