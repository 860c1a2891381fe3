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

/// What parsing fills, and whether every command has its options, or the called one alone: they are
/// most of the tree, and making them is most of what the start of the program takes.
struct Tree {
  Arguments& into;
  bool is_whole = false;
};

/// Gives a command its options, and the commands below it.
using Fill = std::function<void(CLI::App&)>;

/// A command, filled when it is called; below a group its name is "db create".
CLI::App& add_command(CLI::App& app, Tree tree, const char* name, const char* description,
                      Fill fill = {});

/// A command that reads the project's files.
CLI::App& add_reading(CLI::App& app, Tree tree, const char* name, const char* description,
                      Fill fill = {});

/// A word that needs a command behind it: "db".
void add_group(CLI::App& app, Tree tree, const char* name, const char* description, Fill fill);

/// Refuses what is no whole number from 1 to `most`: for CLI::Option::check.
constexpr std::uint64_t kAnyNumber = UINT64_MAX;
std::function<std::string(const std::string&)> number_up_to(std::uint64_t most);

Version version_of(const std::string& text);

/// Options that several commands have.
void add_common(CLI::App& command, Arguments& into);
void add_waits(CLI::App& command, Arguments& into);
void add_steps(CLI::App& command, Arguments& into, const char* what);
void add_target(CLI::App& command, Arguments& into, const char* to, const char* steps);
void add_late(CLI::App& command, Arguments& into);
void add_file_memory(CLI::App& command, Arguments& into);
void add_single(CLI::App& command, Arguments& into);
void add_server(CLI::App& command, Arguments& into, const char* listen);

/// For files of data.
void add_bulk(CLI::App& command, Arguments& into);

/// psql variables.
void add_variables(CLI::App& command, Arguments& into);

/// What has to be said before a database is dropped.
void add_drop_guards(CLI::App& command, Arguments& into);

/// check, diff, explain and whatever judges migrations.
void add_check(CLI::App& app, Tree tree);

/// db ... and what else is done to a database beside migrating it.
void add_workspace(CLI::App& app, Tree tree);

}  // namespace migrator
