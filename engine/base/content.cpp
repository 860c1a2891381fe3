#include "engine/base/content.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "engine/base/file.h"

namespace migrator {
namespace {

// A multiple of every page size.
constexpr std::size_t kLetGoStep = std::size_t{1} << 20U;

[[noreturn]] void fail() {
  throw std::system_error(errno, std::generic_category());
}

std::int64_t last_write_of(int descriptor, std::size_t& size) {
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0) fail();
  size = static_cast<std::size_t>(status.st_size);
  return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
}

}  // namespace

Mapping::Mapping(int descriptor, std::size_t size)
    : descriptor_(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0)), size_(size) {
  if (descriptor_ < 0) fail();
  std::size_t size_now = 0;
  written_at_ = last_write_of(descriptor_, size_now);
  void* const address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor_, 0);
  if (address == MAP_FAILED) {
    const int reason = errno;
    ::close(descriptor_);
    errno = reason;
    fail();
  }
  ::madvise(address, size_, MADV_SEQUENTIAL);
  data_ = static_cast<char*>(address);
}

Mapping::Mapping(const Mapping& other) : Mapping(other.descriptor_, other.size_) {
  written_at_ = other.written_at_;
}

Mapping::Mapping(Mapping&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      written_at_(other.written_at_) {}

Mapping& Mapping::operator=(Mapping other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(written_at_, other.written_at_);
  return *this;
}

Mapping::~Mapping() {
  if (data_ != nullptr) ::munmap(data_, size_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Mapping::let_go(std::size_t offset, std::size_t length) const {
  const std::size_t begin = (offset + kLetGoStep - 1) / kLetGoStep * kLetGoStep;
  const std::size_t end = std::min(offset + length, size_) / kLetGoStep * kLetGoStep;
  if (begin < end) ::madvise(data_ + begin, end - begin, MADV_DONTNEED);
}

bool Mapping::is_unchanged() const {
  std::size_t size_now = 0;
  return last_write_of(descriptor_, size_now) == written_at_ && size_now == size_;
}

Content Content::of_descriptor(int descriptor) {
  Content content;
  last_write_of(descriptor, content.length_);
  content.mapping_.emplace(descriptor, content.length_);
  return content;
}

Content Content::of_file(const std::filesystem::path& path) {
  if (auto bytes = read_file(path, kMappedFrom)) return {std::move(*bytes)};
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {read_file(path)};  // which says why
  Content content;
  try {
    content = of_descriptor(descriptor);
  } catch (const std::system_error&) {
    ::close(descriptor);
    return {read_file(path)};
  }
  ::close(descriptor);
  return content;
}

Content Content::stretch(std::size_t offset, std::size_t length) const {
  if (!mapping_) return {std::string(view().substr(offset, length))};
  Content part = *this;
  part.offset_ += offset;
  part.length_ = std::min(length, length_ - offset);
  return part;
}

void Content::passed(std::size_t offset) const {
  if (!mapping_) return;
  // What lies before was let go of at earlier calls, or is small.
  constexpr std::size_t window = std::size_t{16} << 20U;
  const std::size_t end = offset_ + std::min(offset, length_);
  const std::size_t begin = end > window ? end - window : 0;
  mapping_->let_go(begin, end - begin);
}

}  // namespace migrator
