// A unified diff of two texts, line by line, for showing what changed since it was applied.
// Not a patch tool: nothing reads its output.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace migrator {

/// Unified diff with `context` lines around each change, at most `limit` lines of output (then a
/// line says how many were left out). Empty when the texts have the same lines; line ends are
/// compared too, and a line that differs only there is shown with a visible "\r".
std::string unified_diff(std::string_view before, std::string_view before_name,
                         std::string_view after, std::string_view after_name,
                         std::size_t context = 3, std::size_t limit = 60);

}  // namespace migrator
