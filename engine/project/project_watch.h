// The project as it is on disk now, for a program that stays: loaded again when a file of its
// folders was added, removed or written to, or one elsewhere that they include, which names, sizes
// and times tell. What it does not do: tell anybody; whoever wants to know has to ask.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/project/project.h"

namespace migrator {

class ProjectWatch {
 public:
  explicit ProjectWatch(ProjectFolders folders) : folders_(std::move(folders)) {}

  /// Valid until the next call. Throws as load_project.
  const Project& project();

 private:
  std::string stamp() const;

  const ProjectFolders folders_;
  std::string loaded_stamp_ = {};
  std::vector<std::filesystem::path> included_ = {};  ///< by the project that is loaded
  std::optional<Project> project_ = std::nullopt;
};

}  // namespace migrator
