// What a shell needs to complete migrator's words, and man pages: both written from the same
// description of the commands, which is the one that parses.
#pragma once

#include <string>
#include <string_view>

#include "cmd/command_description.h"

namespace migrator {

/// For "bash", "zsh" or "fish".
std::string completion_for(std::string_view shell, const CommandDescription& migrator);

/// migrator(1), in troff's man macros: all commands and options.
std::string man_page(const CommandDescription& migrator, std::string_view version);

}  // namespace migrator
