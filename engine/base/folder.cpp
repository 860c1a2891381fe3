#include "engine/base/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>

#include "engine/base/file.h"

namespace migrator {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw std::system_error(errno, std::generic_category(), path.string());
}

struct Closing {
  void operator()(DIR* reading) const { ::closedir(reading); }
};

}  // namespace

Folder::Folder(const std::filesystem::path& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0) fail(path_);
}

Folder::~Folder() {
  ::close(descriptor_);
}

std::vector<Folder::Entry> Folder::entries() const {
  // A descriptor of its own, since reading moves it.
  const int descriptor = ::openat(descriptor_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) fail(path_);
  const std::unique_ptr<DIR, Closing> reading(::fdopendir(descriptor));
  if (!reading) fail(path_);
  std::vector<Entry> entries;
  for (errno = 0; const dirent* entry = ::readdir(reading.get()); errno = 0) {
    std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    const Kind kind = entry->d_type == DT_REG   ? Kind::file
                      : entry->d_type == DT_DIR ? Kind::folder
                                                : kind_of(name);
    entries.push_back({std::move(name), kind});
  }
  if (errno != 0) fail(path_);
  return entries;
}

Folder::Kind Folder::kind_of(const std::string& name) const {
  struct stat status = {};
  if (::fstatat(descriptor_, name.c_str(), &status, 0) != 0) return Kind::other;
  if (S_ISDIR(status.st_mode)) return Kind::folder;
  return S_ISREG(status.st_mode) ? Kind::file : Kind::other;
}

Content Folder::read(const std::string& name) const {
  if (auto bytes = read_file_at(descriptor_, name, Content::kMappedFrom))
    return {*std::move(bytes)};
  return Content::of_file(path_ / name);
}

}  // namespace migrator
