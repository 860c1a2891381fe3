#include "engine/project/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/project/complaint.h"
#include "engine/sql/source.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

Finding unreadable(const std::string& shown, std::string_view reason) {
  return {.severity = Severity::error,
          .id = "file-unreadable",
          .message = fmt::format("{} cannot be read: {}", shown, reason),
          .place = Place{shown, 0, 0, {}},
          .next = "repair or remove it"};
}

/// Why the path is no file that may be opened (opening a pipe would wait for ever).
std::optional<std::string> why_no_file(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_regular_file(status)) return std::nullopt;
  if (fs::is_directory(status)) return "it is a folder";
  if (status.type() == fs::file_type::not_found) {
    const fs::path target = fs::read_symlink(path, error);
    return error
               ? "there is no such file"
               : fmt::format("it is a symbolic link to {}, which does not exist", target.string());
  }
  return error ? error.message() : "it is no regular file";
}

}  // namespace

bool make_text(std::string& bytes, const std::string& shown, std::vector<Finding>& findings) {
  constexpr std::string_view next = "save it as UTF-8";
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    findings.push_back({.severity = Severity::error,
                        .id = "invalid-utf8",
                        .message = fmt::format("{} is not UTF-8: it begins with the byte-order "
                                               "mark of UTF-16 (byte offset 0)",
                                               shown),
                        .place = Place{shown, 1, 1, {}},
                        .next = std::string(next)});
    return false;
  }
  std::size_t mark_length = 0;
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    mark_length = 3;
    bytes.erase(0, mark_length);
  }
  const auto offset = find_invalid_utf8(bytes);
  if (!offset) return true;
  Place place = place_of({shown, bytes, 1}, *offset);
  place.source_line.clear();  // what is not UTF-8 is not shown
  findings.push_back(
      {.severity = Severity::error,
       .id = "invalid-utf8",
       .message = fmt::format("{} is not UTF-8: byte 0x{:02X} at byte offset {}", shown,
                              static_cast<unsigned char>(bytes[*offset]), *offset + mark_length),
       .place = std::move(place),
       .next = std::string(next)});
  return false;
}

std::optional<std::string> read_text_file(const fs::path& path, const std::string& shown,
                                          std::vector<Finding>& findings) {
  if (const auto reason = why_no_file(path)) {
    findings.push_back(unreadable(shown, *reason));
    return std::nullopt;
  }
  std::string bytes;
  try {
    bytes = read_file(path);
  } catch (const Error& error) {
    findings.push_back(unreadable(shown, error.what()));
    return std::nullopt;
  }
  if (!make_text(bytes, shown, findings)) return std::nullopt;
  return bytes;
}

std::vector<fs::path> list_folder(const fs::path& folder, const std::string& shown) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    paths.push_back(entry->path());
  if (error)
    fail(complaint("folder-unreadable",
                   fmt::format("the folder {} cannot be read: {}", shown, error.message())));
  std::ranges::sort(paths, {}, [](const fs::path& path) { return path.filename().string(); });
  return paths;
}

}  // namespace migrator
