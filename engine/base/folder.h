// A folder that is open: its entries, and its files by their names, without the system walking the
// path to each of them. What it is not: sorted, or recursive.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/content.h"

namespace migrator {

class Folder {
 public:
  /// Where a symbolic link leads, not the link.
  enum class Kind { file, folder, other };
  struct Entry {
    std::string name;
    Kind kind = Kind::other;
  };

  /// Throws std::system_error.
  explicit Folder(const std::filesystem::path& path);
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  /// In no order; without . and .. Throws std::system_error.
  std::vector<Entry> entries() const;

  const std::filesystem::path& path() const { return path_; }

  /// As Content::of_file. May be called by several threads at once.
  Content read(const std::string& name) const;

 private:
  Kind kind_of(const std::string& name) const;

  std::filesystem::path path_;
  int descriptor_;
};

}  // namespace migrator
