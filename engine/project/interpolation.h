// ${VAR} and ${VAR:-default} in strings of the configuration. "$${" stands for a plain "${".
// Nothing else is special: no nesting, no commands.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace migrator {

using VariableLookup = std::function<std::optional<std::string>(const std::string& name)>;

struct Interpolated {
  std::string text;
  std::string problem = {};  ///< why it could not be done; names variables, never values
};

/// As in a shell, the default also stands for a variable that is empty.
Interpolated interpolate(std::string_view text, const VariableLookup& lookup);

}  // namespace migrator
