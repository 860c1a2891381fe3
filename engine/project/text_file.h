// Reads a file of the project as text: UTF-8, byte-order mark taken off. What is wrong with it is a
// finding, not an exception, so that all files are reported in one go.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/content.h"
#include "engine/base/finding.h"

namespace migrator {

/// Nothing when the file cannot be used; `findings` then says why.
std::optional<Content> read_text_file(const std::filesystem::path& path, const std::string& shown,
                                      std::vector<Finding>& findings);

/// As it is, for data. Nothing when it cannot be read; `findings` then says why.
std::optional<Content> read_data_file(const std::filesystem::path& path, const std::string& shown,
                                      std::vector<Finding>& findings);

/// Takes the byte-order mark off; complains of what is not UTF-8 and then says false. A NUL byte is
/// complained of as well.
bool make_text(Content& bytes, const std::string& shown, std::vector<Finding>& findings);

/// Of a file that gzip packed. Throws as gunzip.
std::optional<Content> read_packed_file(const std::filesystem::path& path, const std::string& shown,
                                        std::vector<Finding>& findings);

/// The names in a folder, in order of their bytes. Throws Error(configuration).
std::vector<std::string> list_names(const std::filesystem::path& folder, const std::string& shown);

/// ... as paths.
std::vector<std::filesystem::path> list_folder(const std::filesystem::path& folder,
                                               const std::string& shown);

}  // namespace migrator
