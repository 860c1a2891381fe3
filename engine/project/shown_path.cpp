#include "engine/project/shown_path.h"

namespace migrator {

std::string shown_path(const std::filesystem::path& path,
                       const std::filesystem::path& working_folder) {
  const std::filesystem::path normal = path.lexically_normal();
  if (working_folder.empty() || normal.is_relative()) return normal.generic_string();
  const std::filesystem::path relative =
      normal.lexically_relative(working_folder.lexically_normal());
  const bool is_below = !relative.empty() && *relative.begin() != "..";
  return is_below ? relative.generic_string() : normal.generic_string();
}

}  // namespace migrator
