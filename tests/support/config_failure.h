// How loading a configuration fails, for tests that look at the words.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/finding.h"
#include "engine/project/config.h"
#include "tests/support/temp_folder.h"

namespace migrator {

/// The finding with which load_config fails; a test failure when it does not.
Finding failure_of(const TempFolder& folder, const ConfigFlags& flags = {},
                   const EnvironmentVariables& variables = {});

/// Every text of a finding, to search for what must not be there.
std::string all_text_of(const Finding& finding);

bool contains(std::string_view text, std::string_view part);

}  // namespace migrator
