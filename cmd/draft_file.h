// A file that is written under another name until it is whole, so that nobody ever finds half of
// it. One that was there before is replaced at the end.
#pragma once

#include <fstream>
#include <string>
#include <string_view>

namespace migrator {

/// Error(configuration, "output-unwritable"), with the reason in errno.
[[noreturn]] void throw_unwritable(const std::string& file);

class DraftFile {
 public:
  /// All of them throw_unwritable.
  explicit DraftFile(std::string name);
  DraftFile(const DraftFile&) = delete;
  DraftFile& operator=(const DraftFile&) = delete;
  ~DraftFile();  ///< what was not kept is gone

  void add(std::string_view bytes);
  void keep();

 private:
  std::string name_;
  std::string draft_;
  std::ofstream file_;
};

}  // namespace migrator
