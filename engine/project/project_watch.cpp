#include "engine/project/project_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace migrator {
namespace {

namespace fs = std::filesystem;

/// What cannot be read is left out: load_project complains of it.
void add_files(const fs::path& folder, std::vector<std::string>& files) {
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;
    const auto size = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    const auto written = entry->last_write_time(gone).time_since_epoch().count();
    files.push_back(fmt::format("{} {} {}\n", entry->path().string(), size, written));
  }
}

}  // namespace

std::string ProjectWatch::stamp() const {
  std::vector<std::string> files;
  add_files(folders_.migrations, files);
  add_files(folders_.seeds, files);
  std::ranges::sort(files);
  std::string all;
  for (const std::string& file : files) all += file;
  return all;
}

const Project& ProjectWatch::project() {
  // Before it is loaded: what is written meanwhile is noticed the next time.
  std::string now = stamp();
  if (project_ && now == loaded_stamp_) return *project_;
  project_.reset();
  project_ = load_project(folders_);
  loaded_stamp_ = std::move(now);
  return *project_;
}

}  // namespace migrator
