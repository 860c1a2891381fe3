// A first look at the folders, for a run that most likely has nothing to do: what is in the history
// of each file when it is applied, without reading the files' commands where that can be helped.
// What it does not do: find what is wrong. Where it is not sure of something, it says so, and the
// project is to be loaded (engine/project/project.h), which is what counts.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/finding.h"
#include "engine/project/project.h"

namespace migrator {

/// What the history says of a file that is applied as it stands.
struct Expected {
  std::string id;
  std::string checksum;  ///< of its bytes (FORMATS.md, "Checksums")
};

struct Glance {
  std::vector<Expected> versioned;
  std::vector<Expected> repeatable;
  std::optional<std::vector<Expected>> seeds;  ///< absent: nobody wants to know
  std::optional<Finding> finding = {};         ///< of the file memory, which nobody has to have
  /// The bytes of what it had to read, by names, as far as that is little.
  std::vector<std::pair<std::string, Content>> read = {};

  /// Of all of those, as HistoryTable::read compares it.
  std::string digest() const;
};

/// Nothing where a file needs a closer look, or the folders cannot be read. Throws nothing.
std::optional<Glance> glance_at(const ProjectFolders& folders, bool with_seeds) noexcept;

}  // namespace migrator
