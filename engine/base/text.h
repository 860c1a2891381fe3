// Small questions about text: UTF-8, lines, likeness, sizes for people. Pure; knows nothing of SQL.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace migrator {

/// Byte offset of the first sequence that is not valid UTF-8 (RFC 3629: no surrogates, no overlong
/// forms), or nothing when all is valid.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Number of bytes '\n'.
std::size_t count_line_ends(std::string_view text);

/// Number of characters (code points) in valid UTF-8; a stray byte counts as one.
std::size_t count_characters(std::string_view text);

/// The byte offset of the n-th character (from 0), or text.size() when there are fewer.
std::size_t byte_of_character(std::string_view text, std::size_t n);

std::string_view trim(std::string_view text);
std::string to_lower_ascii(std::string_view text);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);

/// Lines without their line ends ("\n" or "\r\n"); a final line end opens no further line.
std::vector<std::string_view> split_lines(std::string_view text);

/// The candidate that was most likely meant: within a third of the word's length in edits
/// (insert, delete, replace, swap of neighbours). Nothing when none is near.
std::optional<std::string> nearest(std::string_view word,
                                   std::span<const std::string_view> candidates);

/// "1 migration", "3 migrations".
std::string counted(std::size_t n, std::string_view singular, std::string_view plural = {});

}  // namespace migrator
