// Bytes that the program makes and reads again: in memory while they are few, else in a temporary
// file without a name, which goes with the last of its readers. Not for what has to last.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/base/content.h"

namespace migrator {

class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  /// Throws Error(configuration), "scratch-failed", when the folder of temporary files (TMPDIR)
  /// does not take it.
  void add(std::string_view bytes);

  /// All that was added. Nothing can be added behind it.
  Content content() &&;

 private:
  void spill();

  std::string bytes_ = {};
  int descriptor_ = -1;
};

}  // namespace migrator
