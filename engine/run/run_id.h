// A random UUID (version 4) that ties together what one run wrote into the history.
#pragma once

#include <string>

namespace migrator {

std::string make_run_id();

}  // namespace migrator
