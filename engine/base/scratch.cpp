#include "engine/base/scratch.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/base/error.h"

namespace migrator {
namespace {

constexpr std::size_t kInMemory = std::size_t{4} << 20U;

[[noreturn]] void fail(const std::string& folder) {
  const std::string reason = std::generic_category().message(errno);
  throw Error(ErrorKind::configuration,
              {.id = "scratch-failed",
               .message = "no temporary file can be written in " + folder + ": " + reason,
               .next = "make room there, or name another folder in TMPDIR"});
}

std::string temporary_folder() {
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(ignored);
  return folder.empty() ? "/tmp" : folder.string();
}

/// A file without a name, also where the file system knows no O_TMPFILE.
int open_nameless(const std::string& folder) {
  const int nameless = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (nameless >= 0) return nameless;
  std::string name = folder + "/migrator-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named < 0) fail(folder);
  ::unlink(name.c_str());
  return named;
}

}  // namespace

Scratch::~Scratch() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Scratch::add(std::string_view bytes) {
  bytes_ += bytes;
  if (bytes_.size() >= kInMemory) spill();
}

void Scratch::spill() {
  const std::string folder = temporary_folder();
  if (descriptor_ < 0) descriptor_ = open_nameless(folder);
  for (std::string_view rest = bytes_; !rest.empty();) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(folder);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  bytes_.clear();
}

Content Scratch::content() && {
  if (descriptor_ < 0) return {std::move(bytes_)};
  spill();
  return Content::of_descriptor(descriptor_);
}

}  // namespace migrator
