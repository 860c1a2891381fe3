// The tree of commands and options, made once of CLI11's parts: what is parsed, helped with,
// completed and written as man pages. What the words do stands in commands.
#pragma once

#include <memory>

#include "cmd/arguments.h"

namespace CLI {
class App;
}

namespace migrator {

/// Parsing with it fills `into`, which has to live as long. The options that each command has come
/// to a command when it is parsed.
std::unique_ptr<CLI::App> make_app(Arguments& into);

/// With these options at every command: to be described, and not to parse with.
std::unique_ptr<CLI::App> make_whole_app(Arguments& into);

}  // namespace migrator
