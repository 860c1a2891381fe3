// Reading and writing whole files, with errors that name the file. Paths are UTF-8.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace migrator {

/// The bytes of a file. Throws Error(configuration) that names the path and the system's reason.
std::string read_file(const std::filesystem::path& path);
/// Nothing for a file of so many bytes or more.
std::optional<std::string> read_file(const std::filesystem::path& path, std::size_t smaller_than);
/// ... whose path begins at an open folder.
std::optional<std::string> read_file_at(int folder, const std::filesystem::path& path,
                                        std::size_t smaller_than);

/// Writes a file that must not exist yet; never overwrites. Throws Error(configuration).
void write_new_file(const std::filesystem::path& path, std::string_view bytes);

/// Writes a file in place of one that may exist: whoever reads it sees the old or the new one. What
/// a crash of the machine leaves may be either. Throws Error(configuration).
void replace_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace migrator
