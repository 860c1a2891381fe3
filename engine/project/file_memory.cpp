#include "engine/project/file_memory.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKind = "migrator file memory ";
constexpr std::string_view kVersion = "1\n";

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string to_text(const FileStamp& stamp) {
  return fmt::format("{} {} {} {}", stamp.size, stamp.inode, stamp.written, stamp.changed);
}

/// The words up to the n-th blank, which are taken off.
std::string_view take_words(std::string_view& line, int n) {
  std::size_t end = 0;
  for (; n > 0 && end != std::string_view::npos; --n) end = line.find(' ', end == 0 ? 0 : end + 1);
  const std::string_view words = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return words;
}

}  // namespace

std::optional<FileStamp> stamp_of(const fs::path& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileStamp{.size = static_cast<std::uint64_t>(status.st_size),
                   .inode = status.st_ino,
                   .written = nanoseconds(status.st_mtim),
                   .changed = nanoseconds(status.st_ctim)};
}

FileMemory::FileMemory(fs::path file, const fs::path& folder)
    : file_(std::move(file)), head_(fmt::format("{}{}{}\n", kKind, kVersion, folder.string())) {
  read();
}

void FileMemory::read() {
  lines_.clear();
  text_.clear();
  std::error_code ignored;
  if (!fs::is_regular_file(file_, ignored)) return;
  text_ = read_file(file_);
  if (!text_.starts_with(head_) || !text_.ends_with('\n')) return;
  for (std::string_view rest = std::string_view(text_).substr(head_.size()); !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    const std::string_view checksum = take_words(line, 1);
    const std::string_view stamp = take_words(line, 4);
    lines_.insert_or_assign(line, Line{checksum, stamp});
  }
}

std::optional<std::string_view> FileMemory::checksum_of(const std::string& name,
                                                        const FileStamp& stamp) const {
  const auto line = lines_.find(name);
  if (line == lines_.end() || line->second.stamp != to_text(stamp)) return std::nullopt;
  return line->second.checksum;
}

void FileMemory::keep(const std::vector<RememberedFile>& files,
                      std::chrono::system_clock::time_point now) {
  using std::chrono::nanoseconds;
  constexpr std::chrono::seconds settled{2};
  const std::int64_t latest =
      std::chrono::duration_cast<nanoseconds>((now - settled).time_since_epoch()).count();
  std::vector<std::string> lines;
  for (const RememberedFile& file : files)
    if (file.stamp.changed < latest && file.name.find('\n') == std::string::npos)
      lines.push_back(fmt::format("{} {} {}\n", file.checksum, to_text(file.stamp), file.name));
  std::ranges::sort(lines);
  std::string text = head_;
  for (const std::string& line : lines) text += line;
  if (text == text_ || (lines.empty() && text_.empty())) return;
  if (!text_.empty() && !text_.starts_with(kKind))
    throw Error(ErrorKind::configuration,
                {.id = "file-exists",
                 .message = file_.string() + " is no memory of files, and is left as it is",
                 .next = "name a file of its own with --file-memory"});
  replace_file(file_, text);
  read();
}

}  // namespace migrator
