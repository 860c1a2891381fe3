// Words of the command line and of the environment, as they may be quoted to people: one that could
// be a database URL, given in the wrong place, may hold a password and is not shown.
#pragma once

#include <string>
#include <string_view>

namespace migrator {

bool may_hold_secret(std::string_view word);

/// The word in double quotes; of one that may hold a secret, only what it seems to be.
std::string shown_word(std::string_view word);

}  // namespace migrator
