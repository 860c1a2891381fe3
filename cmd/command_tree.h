// The tree of commands and options, made once of CLI11's parts: what is parsed, helped with,
// completed and written as man pages. What the words do stands in commands.
#pragma once

#include <memory>

#include "cmd/arguments.h"

namespace CLI {
class App;
}

namespace migrator {

/// Parsing with it fills `into`, which has to live as long. A command has its options, and the
/// commands below it, from when it is called.
std::unique_ptr<CLI::App> make_app(Arguments& into);

/// With all of them: to be described, and not to parse with.
std::unique_ptr<CLI::App> make_whole_app(Arguments& into);

}  // namespace migrator
