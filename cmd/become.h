// The end of `migrator run`: this process becomes another program.
#pragma once

#include <string>
#include <vector>

namespace migrator {

/// Keeps the pid, the environment and the working folder; signals are handled as they were before
/// this program began. Returns only when there is no such program: throws Error(usage,
/// "program-not-started").
[[noreturn]] void become(const std::vector<std::string>& program);

}  // namespace migrator
