// One backslash command of psql, taken apart: its name and its arguments, after psql's own rules of
// quoting, with variables put in. What it does is CommandReader's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/script_variables.h"

namespace migrator {

struct MetaCommand {
  std::string_view name;  ///< without the backslash
  std::string_view rest;  ///< the line behind the name, as written
  std::vector<std::string> arguments = {};
  bool is_followed = false;  ///< by another backslash command or SQL on its line
  std::string problem = {};  ///< why the arguments cannot be read; empty: they can

  /// The arguments with a blank between them.
  std::string joined(std::size_t from = 0) const;
};

/// The name of the command on a line that begins with the backslash.
std::string_view meta_command_name(std::string_view line);

/// `line` begins with the backslash.
MetaCommand read_meta_command(std::string_view line, const ScriptVariables& variables);

/// Why migrator does not do what a command does in psql, for people; empty for those that it does.
std::string_view reason_to_refuse(std::string_view name);

/// Commands that only shape what psql prints of results, of which migrator prints nothing.
bool shapes_output_only(std::string_view name);

}  // namespace migrator
