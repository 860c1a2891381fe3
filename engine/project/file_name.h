// What the name of a file in the migrations folder says (FORMATS.md, "Files"). Pure text: nothing
// is opened.
#pragma once

#include <string>
#include <string_view>

#include "engine/project/version.h"

namespace migrator {

enum class FileRole {
  whole,       ///< V_name.sql: both parts by marks, or up alone
  up,          ///< V_name.up.sql
  down,        ///< V_name.down.sql
  repeatable,  ///< R__name.sql
  ignored,     ///< dot files, README, *.md
  stray,       ///< no layout, and does not look like a migration
  unknown,     ///< no layout, but looks like a migration
  too_large,   ///< the version is above 2^63 - 1
};

struct FileName {
  FileRole role = FileRole::unknown;
  Version version = {};
  std::string name = {};        ///< "users"
  std::string suggestion = {};  ///< unknown: the nearest valid form
};

FileName read_file_name(std::string_view file_name);

/// Dot files, README*, *.md: in any folder of a project.
bool is_ignored_file(std::string_view file_name);

}  // namespace migrator
