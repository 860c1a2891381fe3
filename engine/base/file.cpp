#include "engine/base/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <system_error>

#include "engine/base/error.h"

namespace migrator {
namespace {

/// A file descriptor that is closed when it goes out of scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }

  /// Closes it now: some file systems tell of a failed write only here.
  bool close() {
    const int number = number_;
    number_ = -1;
    return ::close(number) == 0;
  }

 private:
  int number_;
};

std::string shown(const std::filesystem::path& path) {
  const std::u8string name = path.u8string();
  return {name.begin(), name.end()};
}

[[noreturn]] void fail(const char* id, const char* what, const std::filesystem::path& path,
                       int error_number, std::string next = {}) {
  const std::string reason = std::generic_category().message(error_number);
  throw Error(ErrorKind::configuration, Finding{.id = id,
                                                .message = what + shown(path) + ": " + reason,
                                                .place = Place{.file = shown(path)},
                                                .next = std::move(next)});
}

/// And closes it. What could not be written is removed: half a file is worse than none.
void write_all(Descriptor& file, std::string_view bytes, const std::filesystem::path& path) {
  const auto give_up = [&path](int reason) {
    ::unlink(path.c_str());
    fail("file-unwritable", "cannot write ", path, reason);
  };
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.number(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) give_up(errno);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  if (!file.close()) give_up(errno);
}

}  // namespace

std::optional<std::string> read_file_at(int folder, const std::filesystem::path& path,
                                        std::size_t smaller_than) {
  constexpr auto cannot = "cannot read ";
  const Descriptor file(::openat(folder, path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) fail("file-unreadable", cannot, path, errno);

  struct stat status = {};
  if (::fstat(file.number(), &status) != 0) fail("file-unreadable", cannot, path, errno);
  if (S_ISDIR(status.st_mode)) fail("file-unreadable", cannot, path, EISDIR);
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size >= smaller_than) return std::nullopt;

  // One byte more than the size, so that one read shows the end as well.
  std::string bytes(size + 1, '\0');
  std::size_t length = 0;
  while (true) {
    if (length == bytes.size()) bytes.resize(2 * bytes.size());
    const std::size_t room = bytes.size() - length;
    const ssize_t got = ::read(file.number(), bytes.data() + length, room);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("file-unreadable", cannot, path, errno);
    length += static_cast<std::size_t>(got);
    if (got == 0 || (S_ISREG(status.st_mode) && length == size && size > 0)) break;
  }
  bytes.resize(length);
  return bytes;
}

std::optional<std::string> read_file(const std::filesystem::path& path, std::size_t smaller_than) {
  return read_file_at(AT_FDCWD, path, smaller_than);
}

std::string read_file(const std::filesystem::path& path) {
  return *read_file(path, std::numeric_limits<std::size_t>::max());
}

void write_new_file(const std::filesystem::path& path, std::string_view bytes) {
  constexpr auto cannot = "cannot write ";
  constexpr mode_t mode = 0666;  // as far as the umask allows
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (file.number() < 0 && errno == EEXIST) {
    fail("file-exists", cannot, path, EEXIST, "choose another name, or remove that file");
  }
  if (file.number() < 0) fail("file-unwritable", cannot, path, errno);

  write_all(file, bytes, path);
}

void replace_file(const std::filesystem::path& path, std::string_view bytes) {
  constexpr auto cannot = "cannot write ";
  std::string draft = path.string() + ".XXXXXX";
  Descriptor file(::mkostemp(draft.data(), O_CLOEXEC));
  if (file.number() < 0) fail("file-unwritable", cannot, path, errno);
  constexpr mode_t mode = 0644;  // a temporary file is for nobody else
  if (::fchmod(file.number(), mode) != 0) fail("file-unwritable", cannot, path, errno);
  write_all(file, bytes, draft);
  if (::rename(draft.c_str(), path.c_str()) == 0) return;
  const int reason = errno;
  ::unlink(draft.c_str());
  fail("file-unwritable", cannot, path, reason);
}

}  // namespace migrator
