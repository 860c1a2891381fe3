// The process's environment as a value. For the two mains alone.
#pragma once

#include "engine/project/config.h"

namespace migrator {

EnvironmentVariables read_environment();

}  // namespace migrator
