// Pieces of the command tree that its files share; for cmd/command_tree*.cpp alone.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "cmd/arguments.h"

namespace CLI {
class App;
}

namespace migrator {

/// A command with the options that each has; below a group its name is "db create".
CLI::App& add_command(CLI::App& app, Arguments& into, const char* name, const char* description);

/// A command that reads the project's files.
CLI::App& add_reading(CLI::App& app, Arguments& into, const char* name, const char* description);

/// A word that needs a command behind it: "db".
CLI::App& add_group(CLI::App& app, Arguments& into, const char* name, const char* description);

/// Refuses what is no whole number from 1 to `most`: for CLI::Option::check.
constexpr std::uint64_t kAnyNumber = UINT64_MAX;
std::function<std::string(const std::string&)> number_up_to(std::uint64_t most);

/// psql variables.
void add_variables(CLI::App& command, Arguments& into);

/// What has to be said before a database is dropped.
void add_drop_guards(CLI::App& command, Arguments& into);

/// check, diff, explain and whatever judges migrations.
void add_check(CLI::App& app, Arguments& into);

/// db ... and what else is done to a database beside migrating it.
void add_workspace(CLI::App& app, Arguments& into);

}  // namespace migrator
