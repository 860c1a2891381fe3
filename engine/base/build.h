// What this build is. The version comes from CMakeLists.txt.
#pragma once

#include <string_view>

namespace migrator {

/// "0.1.0"
std::string_view program_version();

}  // namespace migrator
