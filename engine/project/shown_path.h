// How a path is shown to people.
#pragma once

#include <filesystem>
#include <string>

namespace migrator {

/// Relative to the working folder when below it, else as it is. Always with "/".
std::string shown_path(const std::filesystem::path& path,
                       const std::filesystem::path& working_folder);

}  // namespace migrator
