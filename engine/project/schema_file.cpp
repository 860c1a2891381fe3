#include "engine/project/schema_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace migrator {
namespace {

constexpr std::string_view kFirstLine = "-- migrator schema, format ";
constexpr std::string_view kFormat = "1";
constexpr std::string_view kHistory = "-- migrator history";
constexpr std::string_view kEnd = "-- end of migrator history";

constexpr std::string_view kSettings = R"(-- Written by migrator db dump, read by migrator db load.

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SELECT pg_catalog.set_config('search_path', '', false);

)";

bool is_plain(char c) {
  return static_cast<unsigned char>(c) > ' ' && c != '%' && c != 0x7f;
}

/// Blanks and control characters as %20, so that a name is one word of one line.
std::string as_word(std::string_view name) {
  std::string word;
  for (const char c : name)
    word += is_plain(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return word;
}

std::string of_word(std::string_view word) {
  std::string name;
  for (std::size_t at = 0; at < word.size(); ++at) {
    unsigned value = 0;
    const bool is_code =
        word[at] == '%' && at + 2 < word.size() &&
        std::from_chars(&word[at + 1], &word[at + 1] + 2, value, 16).ptr == &word[at + 1] + 2;
    name += is_code ? static_cast<char>(value) : word[at];
    if (is_code) at += 2;
  }
  return name;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

bool is_checksum(std::string_view word) {
  return word.size() == 64 && word.find_first_not_of("0123456789abcdef") == word.npos;
}

/// "versioned 1_users 3 CHECKSUM CANONICAL"; nothing for a line that is none.
std::optional<SchemaVersion> version_of(std::string_view line) {
  const auto words = words_of(line);
  SchemaVersion version;
  if (words.size() != 5 || !is_checksum(words[3]) || !is_checksum(words[4])) return std::nullopt;
  const auto number =
      std::from_chars(words[2].data(), words[2].data() + words[2].size(), version.statements);
  if (number.ec != std::errc() || number.ptr != words[2].data() + words[2].size())
    return std::nullopt;
  version.kind = words[0];
  version.checksums = {std::string(words[3]), std::string(words[4])};
  if (version.kind == "repeatable" && words[1].starts_with("R__")) {
    version.id = of_word(words[1]);
    version.name = version.id.substr(3);
    return version;
  }
  const std::size_t digits = words[1].find('_');
  if ((version.kind != "versioned" && version.kind != "baseline") || digits == words[1].npos ||
      !parse_version(words[1].substr(0, digits)))
    return std::nullopt;
  version.id = to_string(*parse_version(words[1].substr(0, digits)));
  version.name = of_word(words[1].substr(digits + 1));
  return version;
}

[[noreturn]] void damaged(const std::string& shown, std::size_t line, std::string_view text,
                          std::string message) {
  throw Error(
      ErrorKind::configuration,
      {.id = "schema-file-damaged",
       .message = std::move(message),
       .place = Place{.file = shown, .line = line, .column = 1, .source_line = std::string(text)},
       .kept = "nothing was touched",
       .next = "write it anew: migrator db dump -o " + shown});
}

}  // namespace

std::string schema_file(std::string_view schema, const std::vector<SchemaVersion>& versions) {
  std::string text =
      fmt::format("{}{}\n{}{}{}\n", kFirstLine, kFormat, kSettings, schema, kHistory);
  for (const SchemaVersion& version : versions) {
    const std::string stem =
        version.kind == "repeatable" ? version.id : version.id + "_" + version.name;
    text += fmt::format("-- {} {} {} {} {}\n", version.kind, as_word(stem), version.statements,
                        version.checksums.bytes, version.checksums.canonical);
  }
  return text + std::string(kEnd) + "\n";
}

bool is_schema_file(std::string_view text) {
  return text.starts_with(kFirstLine) || text.starts_with("--\n-- PostgreSQL database dump");
}

std::vector<SchemaVersion> versions_in(std::string_view text, const std::string& shown) {
  if (!text.starts_with(kFirstLine)) return {};
  const auto lines = split_lines(text);
  if (lines.front().substr(kFirstLine.size()) != kFormat)
    damaged(shown, 1, lines.front(),
            "this schema file has a format that this migrator does not know");
  // A function may hold such a line as well: the last one counts.
  const auto last = std::find(lines.rbegin(), lines.rend(), kHistory);
  if (last == lines.rend() || lines.back() != kEnd)
    damaged(shown, lines.size(), lines.back(),
            "this schema file is cut short: its last line has to be \"" + std::string(kEnd) + "\"");
  std::vector<SchemaVersion> versions;
  for (auto line = last.base(); line != lines.end() - 1; ++line) {
    const auto version = line->starts_with("-- ") ? version_of(line->substr(3)) : std::nullopt;
    if (!version)
      damaged(shown, static_cast<std::size_t>(line - lines.begin()) + 1, *line,
              "this line names no migration");
    versions.push_back(*version);
  }
  return versions;
}

}  // namespace migrator
