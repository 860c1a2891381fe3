#include "engine/project/text_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/folder.h"
#include "engine/base/gunzip.h"
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

/// The first of each kind; nothing where there is none.
struct BadBytes {
  std::optional<std::size_t> not_utf8;
  std::optional<std::size_t> nul;
};

/// Piece by piece; a character that the end of a piece cuts is left to the next.
BadBytes find_bad_bytes(const Content& content) {
  constexpr std::size_t piece_size = std::size_t{4} << 20U;
  constexpr std::size_t longest_character = 4;
  const std::string_view all = content.view();
  BadBytes bad;
  for (std::size_t at = 0; at < all.size();) {
    std::string_view piece = all.substr(at, piece_size);
    const bool is_last = at + piece.size() == all.size();
    const auto invalid = find_invalid_utf8(piece);
    if (invalid && (is_last || *invalid + longest_character <= piece.size()))
      bad.not_utf8 = at + *invalid;
    else if (invalid)
      piece = piece.substr(0, *invalid);
    const std::size_t nul = bad.nul ? std::string_view::npos : piece.find('\0');
    if (nul != std::string_view::npos) bad.nul = at + nul;
    if (bad.not_utf8) break;
    at += piece.size();
    content.passed(at);
  }
  return bad;
}

}  // namespace

bool make_text(Content& bytes, const std::string& shown, std::vector<Finding>& findings) {
  constexpr std::string_view next = "save it as UTF-8";
  const std::string_view begin = bytes.view().substr(0, 3);
  if (begin.starts_with("\xFF\xFE") || begin.starts_with("\xFE\xFF")) {
    findings.push_back({.severity = Severity::error,
                        .id = "invalid-utf8",
                        .message = fmt::format("{} is not UTF-8: it begins with the byte-order "
                                               "mark of UTF-16 (byte offset 0)",
                                               shown),
                        .place = Place{shown, 1, 1, {}},
                        .next = std::string(next)});
    return false;
  }
  const std::size_t mark_length = begin == "\xEF\xBB\xBF" ? 3 : 0;
  if (mark_length > 0) bytes = bytes.stretch(mark_length, bytes.size() - mark_length);
  const BadBytes bad = find_bad_bytes(bytes);
  if (bad.nul)
    findings.push_back({.severity = Severity::error,
                        .id = "nul-byte",
                        .message = "the file holds a NUL byte, which PostgreSQL cannot take",
                        .place = place_of({shown, bytes.view(), 1, &bytes}, *bad.nul),
                        .next = "save the file as UTF-8 text (UTF-16 is full of NUL bytes)"});
  if (!bad.not_utf8) return true;
  const std::size_t offset = *bad.not_utf8;
  Place place = place_of({shown, bytes.view(), 1, &bytes}, offset);
  place.source_line.clear();  // what is not UTF-8 is not shown
  findings.push_back({.severity = Severity::error,
                      .id = "invalid-utf8",
                      .message = fmt::format(
                          "{} is not UTF-8: byte 0x{:02X} at byte offset {}", shown,
                          static_cast<unsigned char>(bytes.view()[offset]), offset + mark_length),
                      .place = std::move(place),
                      .next = std::string(next)});
  return false;
}

std::optional<Content> read_data_file(const fs::path& path, const std::string& shown,
                                      std::vector<Finding>& findings) {
  if (const auto reason = why_no_file(path)) {
    findings.push_back(unreadable(shown, *reason));
    return std::nullopt;
  }
  try {
    return Content::of_file(path);
  } catch (const Error& error) {
    findings.push_back(unreadable(shown, error.what()));
    return std::nullopt;
  }
}

std::optional<Content> read_text_file(const fs::path& path, const std::string& shown,
                                      std::vector<Finding>& findings) {
  auto bytes = read_data_file(path, shown, findings);
  if (bytes && !make_text(*bytes, shown, findings)) return std::nullopt;
  return bytes;
}

std::optional<Content> read_packed_file(const fs::path& path, const std::string& shown,
                                        std::vector<Finding>& findings) {
  const auto packed = read_data_file(path, shown, findings);
  if (!packed) return std::nullopt;
  Gunzipped text = gunzip(*packed);
  if (!text.problem.empty()) {
    findings.push_back(unreadable(shown, text.problem));
    return std::nullopt;
  }
  if (!make_text(text.bytes, shown, findings)) return std::nullopt;
  return std::move(text.bytes);
}

std::vector<std::string> list_names(const fs::path& folder, const std::string& shown) {
  std::vector<std::string> names;
  try {
    for (Folder::Entry& entry : Folder(folder).entries()) names.push_back(std::move(entry.name));
  } catch (const std::system_error& error) {
    fail(complaint("folder-unreadable",
                   fmt::format("the folder {} cannot be read: {}", shown, error.code().message())));
  }
  std::ranges::sort(names);
  return names;
}

std::vector<fs::path> list_folder(const fs::path& folder, const std::string& shown) {
  std::vector<fs::path> paths;
  for (const std::string& name : list_names(folder, shown)) paths.push_back(folder / name);
  return paths;
}

}  // namespace migrator
