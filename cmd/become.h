// Another program in our place: same process, same terminal, its own environment. For psql.
#pragma once

#include <string>
#include <vector>

#include "engine/project/config.h"

namespace migrator {

/// Returns only where the program is not there or cannot be started: with the system's reason.
/// `words` begins with the program's name, which is looked for in PATH.
std::string become(std::vector<std::string> words, const EnvironmentVariables& variables);

}  // namespace migrator
