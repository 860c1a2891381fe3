#include "engine/project/project_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace migrator {
namespace {

namespace fs = std::filesystem;

void add_file(const fs::directory_entry& entry, std::vector<std::string>& files) {
  std::error_code gone;
  const auto size = entry.is_regular_file(gone) ? entry.file_size(gone) : 0;
  const auto written = entry.last_write_time(gone).time_since_epoch().count();
  files.push_back(fmt::format("{} {} {}\n", entry.path().string(), size, written));
}

/// What cannot be read is left out: load_project complains of it.
void add_files(const fs::path& folder, std::vector<std::string>& files) {
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    add_file(*entry, files);
}

void add_included(const Part& part, const fs::path& from, std::vector<fs::path>& paths) {
  for (const Included& included : part.included) paths.push_back(from / included.file);
}

std::vector<fs::path> included_by(const Project& project, const fs::path& working_folder) {
  std::vector<fs::path> paths;
  for (const Migration& migration : project.migrations) {
    add_included(migration.up, working_folder, paths);
    if (migration.down) add_included(*migration.down, working_folder, paths);
  }
  for (const Seed& seed : project.seeds) add_included(seed.part, working_folder, paths);
  return paths;
}

}  // namespace

std::string ProjectWatch::stamp() const {
  std::vector<std::string> files;
  add_files(folders_.migrations, files);
  add_files(folders_.seeds, files);
  for (const fs::path& path : included_) {
    std::error_code gone;
    add_file(fs::directory_entry(path, gone), files);
  }
  std::ranges::sort(files);
  std::string all;
  for (const std::string& file : files) all += file;
  return all;
}

const Project& ProjectWatch::project() {
  // Before it is loaded: what is written meanwhile is noticed the next time. So are files that it
  // includes for the first time, and it is loaded once more.
  std::string now = stamp();
  if (project_ && now == loaded_stamp_) return *project_;
  project_.reset();
  project_ = load_project(folders_);
  included_ = included_by(*project_, folders_.working_folder);
  loaded_stamp_ = std::move(now);
  return *project_;
}

}  // namespace migrator
