// `rds allow-ip`, as a command and as the before_connect of an environment.
#pragma once

#include <string>

#include "cmd/world.h"
#include "engine/project/config.h"

namespace migrator {

/// Lets this machine's address, or the one that is given, into the rule of [rds]; what it let in.
std::string allow_own_address(const World& world, const Config& config);

}  // namespace migrator
