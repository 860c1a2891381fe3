// SQL for people at a terminal: keywords, literals and comments in colours of their own. Changes no
// byte of the text but for the escapes.
#pragma once

#include <string>
#include <string_view>

#include "engine/report/style.h"

namespace migrator {

std::string highlighted(std::string_view sql, Style style);

}  // namespace migrator
