// Variables of the process and of the .env file, each with where it was set. The process's win.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/project/config.h"
#include "engine/project/dotenv.h"

namespace migrator {

struct Variable {
  std::string name;
  std::string value;
  std::string origin;            ///< "CONNECTION_URL" or ".env:3 (CONNECTION_URL)"
  std::filesystem::path folder;  ///< what a relative path in the value is relative to
};

class Variables {
 public:
  Variables(const EnvironmentVariables& process, std::filesystem::path working_folder)
      : process_(process), working_folder_(std::move(working_folder)) {}

  /// Reads `file` when there is one; `shown` is its name for people.
  void read_dotenv(const std::filesystem::path& file, std::string shown);

  std::optional<Variable> find_in_process(const std::string& name) const;
  /// ${VAR} in the value is replaced; throws Error(configuration) where that cannot be done.
  std::optional<Variable> find_in_dotenv(const std::string& name) const;
  std::optional<Variable> find(const std::string& name) const;

  /// Like find, but a variable that is set and empty is Error(configuration): a compose file makes
  /// one of a variable that is not set, and something else would be used in silence.
  std::optional<Variable> find_not_empty(const std::string& name) const;

 private:
  std::string expand(const DotenvEntry& entry, int depth) const;
  const DotenvEntry* entry(const std::string& name) const;

  const EnvironmentVariables& process_;
  std::filesystem::path working_folder_;
  std::filesystem::path dotenv_folder_;
  std::string dotenv_shown_;
  std::vector<DotenvEntry> dotenv_;
};

/// The complaint about such a variable.
[[noreturn]] void fail_because_empty(const Variable& variable);

}  // namespace migrator
