// A file that a command makes: under another name until it is whole, so that nobody reads half of
// one and what was there stays when the disk is full.
#pragma once

#include <fstream>
#include <string>
#include <string_view>

namespace migrator {

class NewFile {
 public:
  /// Throws Error(configuration, "output-unwritable"), as all of them do.
  explicit NewFile(std::string name);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  void add(std::string_view bytes);
  /// It is whole.
  void keep();

 private:
  std::string name_;
  std::string draft_;
  std::ofstream file_;
};

/// All of a file at once.
void write_new(const std::string& name, std::string_view text);

}  // namespace migrator
