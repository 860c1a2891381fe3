// The tree of commands and options, made once of CLI11's parts: what is parsed, helped with,
// completed and written as man pages. What the words do stands in commands.
#pragma once

#include <memory>

#include "cmd/arguments.h"

namespace CLI {
class App;
}

namespace migrator {

/// Parsing with it fills `into`, which has to live as long.
std::unique_ptr<CLI::App> make_app(Arguments& into);

}  // namespace migrator
