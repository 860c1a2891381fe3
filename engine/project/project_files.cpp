#include "engine/project/project_files.h"

#include <iterator>
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

/// A run with nothing to do needs none of it, so that it is put in order here.
ReadFiles ProjectFiles::read_at_a_glance() {
  if (!glance_) return {};
  return {std::make_move_iterator(glance_->read.begin()),
          std::make_move_iterator(glance_->read.end())};
}

const Project& ProjectFiles::project() {
  glance();
  if (loading_.valid())
    project_ = loading_.get();
  else if (!project_)
    project_ = load_project(folders_, read_at_a_glance());
  return *project_;
}

}  // namespace migrator
