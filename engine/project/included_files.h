// The files that \i, \ir and \copy read: found beside the including file or from the folder of the
// project, inside of it only, each loaded once for its part. Also the variables that parts begin
// with.
#pragma once

#include <filesystem>
#include <utility>
#include <vector>

#include "engine/base/finding.h"
#include "engine/sql/command_reader.h"
#include "engine/sql/part.h"

namespace migrator {

class IncludedFiles {
 public:
  /// No folder: whatever is included is refused.
  IncludedFiles() = default;

  /// `root` is the folder of the project; files may also lie in the other folders. Paths are shown
  /// relative to `working_folder`.
  IncludedFiles(std::filesystem::path root, std::filesystem::path working_folder,
                std::vector<std::filesystem::path> folders, ScriptVariables variables)
      : root_(std::move(root)),
        working_folder_(std::move(working_folder)),
        folders_(std::move(folders)),
        variables_(std::move(variables)) {}

  const ScriptVariables& variables() const { return variables_; }

  /// Answers a request of a part that is being read; adds the file to part.included when it is new.
  /// What is wrong inside the file goes to `findings`.
  IncludeAnswer load(const IncludeRequest& request, Part& part,
                     std::vector<Finding>& findings) const;

 private:
  std::optional<std::filesystem::path> find(const IncludeRequest& request, const Part& part,
                                            IncludeAnswer& answer) const;
  bool is_inside(const std::filesystem::path& path) const;

  std::filesystem::path root_ = {};
  std::filesystem::path working_folder_ = {};
  std::vector<std::filesystem::path> folders_ = {};
  ScriptVariables variables_ = {};
};

}  // namespace migrator
