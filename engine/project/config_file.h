// migrator.toml as plain values: which keys stand where, not yet interpolated, nothing defaulted.
// Checks keys and types against the one table of known keys. Its .cpp is the door to toml++.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migrator {

struct FileSetting {
  std::vector<std::string> values = {};  ///< one, except for lists
  std::size_t line = 0;
  std::string label = {};  ///< "[env.dev] url"
};

struct ConfigFile {
  std::string shown = {};  ///< "migrator.toml"
  std::vector<std::string> environments =
      {};  ///< NAME of each [env.NAME], in order of the alphabet
  std::map<std::pair<std::string, std::string>, FileSetting> settings = {};  ///< by table and key

  /// Table "" is the top, "env.NAME" an environment.
  const FileSetting* find(std::string_view table, std::string_view key) const;
};

/// "default_env", "[migrations] dir", "[env.NAME] url", ...: every key there is.
std::vector<std::string> known_config_keys();

/// Throws Error(configuration): for TOML that does not parse, else for all unknown keys, wrong
/// types and bad values at once. Never quotes a value: it may be a password.
ConfigFile read_config_file(std::string_view text, std::string shown);

}  // namespace migrator
