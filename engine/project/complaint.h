// Complaints about the configuration: findings with a place but never with the text of the line,
// which might hold a password; and throwing several of them as one Error.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/base/finding.h"

namespace migrator {

Finding complaint(std::string id, std::string message, std::string file = {}, std::size_t line = 0);

/// Throws Error(configuration) with the first complaint; its detail lists the others. Returns when
/// there are none.
void throw_if_any(std::vector<Finding> complaints);

/// Throws Error(configuration) with this one.
[[noreturn]] void fail(Finding complaint);

}  // namespace migrator
