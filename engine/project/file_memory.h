// The checksums of files as they were read before, kept in a file between runs: for who asks for it
// and takes size, inode and times for a proof that a file is as it was. What it is not: a record of
// what was applied, which is the history's; a memory that is gone or broken is an empty one.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace migrator {

/// What tells that a file was written to. Times in nanoseconds since 1970.
struct FileStamp {
  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  std::int64_t written = 0;
  std::int64_t changed = 0;  ///< which nobody can set back

  bool operator==(const FileStamp&) const = default;
};

/// Nothing for what is no regular file.
std::optional<FileStamp> stamp_of(const std::filesystem::path& path);

struct RememberedFile {
  std::string name;  ///< in its folder
  FileStamp stamp;
  std::string checksum;
};

class FileMemory {
 public:
  /// Of the files of one folder. Reads `file`.
  FileMemory(std::filesystem::path file, const std::filesystem::path& folder);

  /// Nothing where it does not know the file as it is now. For several threads at once.
  std::optional<std::string_view> checksum_of(const std::string& name,
                                              const FileStamp& stamp) const;

  /// Knows these and no others from now on, and writes them where that is news. Files that were
  /// changed less than two seconds before `now` are left out: they may change once more, and show
  /// the same times. Throws Error(configuration).
  void keep(const std::vector<RememberedFile>& files, std::chrono::system_clock::time_point now);

 private:
  struct Line {
    std::string_view checksum;
    std::string_view stamp;
  };

  void read();

  std::filesystem::path file_;
  std::string head_;  ///< the format and the folder
  std::string text_;  ///< of the file
  std::unordered_map<std::string_view, Line> lines_;
};

}  // namespace migrator
