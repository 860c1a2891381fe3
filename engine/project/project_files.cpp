#include "engine/project/project_files.h"

#include <utility>

namespace migrator {

ProjectFiles::ProjectFiles(ProjectFolders folders, Look look)
    : folders_(std::move(folders)), look_(look) {
  begin();
}

void ProjectFiles::begin() {
  if (look_ == Look::whole)
    loading_ = std::async(std::launch::async, [this] { return load_project(folders_); });
  else
    glancing_ =
        std::async(std::launch::async, glance_at, folders_, look_ == Look::glance_with_seeds);
}

void ProjectFiles::look_again() {
  glance_.reset();
  project_.reset();
  begin();
}

const std::optional<Glance>& ProjectFiles::glance() {
  if (glancing_.valid()) glance_ = glancing_.get();
  return glance_;
}

const Project& ProjectFiles::project() {
  glance();
  if (loading_.valid())
    project_ = loading_.get();
  else if (!project_)
    project_ = load_project(folders_, glance_ ? std::move(glance_->read) : ReadFiles{});
  return *project_;
}

}  // namespace migrator
