// The files of a project, read while something else is done (connecting): a glance first where most
// likely nothing is to be done, the whole project when it is asked for. What it does not do: decide
// which will do.
#pragma once

#include <future>
#include <optional>

#include "engine/project/glance.h"
#include "engine/project/project.h"

namespace migrator {

class ProjectFiles {
 public:
  enum class Look { whole, glance, glance_with_seeds };

  /// Begins to read, in a thread of its own.
  ProjectFiles(ProjectFolders folders, Look look);

  /// Nothing where it was not sure, or was not asked for. Waits for it.
  const std::optional<Glance>& glance();

  /// Waits for it, or loads it at the first call. Throws as load_project.
  const Project& project();

  /// Begins anew: what was read is too old by now. Ends what project() gave.
  void look_again();

  /// Throws as load_project when the project cannot be loaded at all.
  void require_loadable() {
    if (!glance()) project();
  }

 private:
  void begin();
  ReadFiles read_at_a_glance();

  const ProjectFolders folders_;
  const Look look_;
  std::future<std::optional<Glance>> glancing_ = {};
  std::future<Project> loading_ = {};
  std::optional<Glance> glance_ = std::nullopt;
  std::optional<Project> project_ = std::nullopt;
};

}  // namespace migrator
