// Runs the commands of a scenario in one bash, in a temporary folder of their own, and tells what
// each printed (stdout and stderr together) and returned.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace migrator {

/// A folder that any user may enter (the embedded server is not run by root). Removed at the end,
/// after stopping the PostgreSQL servers that were left running in it.
class ScenarioFolder {
 public:
  ScenarioFolder();
  ~ScenarioFolder();
  ScenarioFolder(const ScenarioFolder&) = delete;
  ScenarioFolder& operator=(const ScenarioFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct ShellResult {
  std::string output;
  int exit_code = 0;
};

/// Runs the commands one after the other; `environment` ("NAME=value") is all they get. Nothing in
/// place of a result for commands that the shell did not come to, because it ended before.
std::vector<std::optional<ShellResult>> run_in_shell(const std::vector<std::string>& commands,
                                                     const std::filesystem::path& folder,
                                                     const std::vector<std::string>& environment);

}  // namespace migrator
