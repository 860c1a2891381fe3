#include "engine/base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace migrator {
namespace {

constexpr std::string_view kBlanks = " \t\n\r\f\v";

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Bytes of ASCII at the front of text; stops at the first byte with its high bit set.
std::size_t ascii_prefix(std::string_view text) {
  std::size_t i = 0;
  while (i + sizeof(std::uint64_t) <= text.size()) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof word);
    if ((word & 0x8080808080808080ULL) != 0) break;
    i += sizeof word;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

/// Length of the valid UTF-8 sequence at the front of text; 0 when there is none. The second byte's
/// range depends on the first one: that is what keeps surrogates and overlong forms out.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  unsigned low = 0x80;
  unsigned high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  if (text.size() < length || byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return length;
}

/// Optimal string alignment distance, without regard to case.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  std::size_t i = 0;
  while (true) {
    i += ascii_prefix(text.substr(i));
    if (i == text.size()) return std::nullopt;
    const std::size_t length = sequence_length(text.substr(i));
    if (length == 0) return i;
    i += length;
  }
}

std::size_t count_line_ends(std::string_view text) {
  // Blocks of a fixed size, whose sum fits a byte, are counted many bytes at a time.
  constexpr std::size_t block = 64;
  std::size_t count = 0;
  for (; text.size() >= block; text.remove_prefix(block)) {
    const char* bytes = text.data();
    unsigned char in_block = 0;
    for (std::size_t i = 0; i < block; ++i)
      in_block = static_cast<unsigned char>(in_block + (bytes[i] == '\n' ? 1 : 0));
    count += in_block;
  }
  return count + static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

std::size_t count_characters(std::string_view text) {
  std::size_t characters = 0;
  std::size_t i = 0;
  while (true) {
    const std::size_t ascii = ascii_prefix(text.substr(i));
    i += ascii;
    characters += ascii;
    if (i == text.size()) return characters;
    i += std::max<std::size_t>(sequence_length(text.substr(i)), 1);
    ++characters;
  }
}

std::size_t byte_of_character(std::string_view text, std::size_t n) {
  std::size_t i = 0;
  while (n > 0 && i < text.size()) {
    i += std::max<std::size_t>(sequence_length(text.substr(i)), 1);
    --n;
  }
  return i;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string to_lower_ascii(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (end != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::optional<std::string> nearest(std::string_view word,
                                   std::span<const std::string_view> candidates) {
  std::optional<std::string> best;
  std::size_t fewest = word.size() / 3;
  for (const std::string_view candidate : candidates) {
    const std::size_t edits = edit_distance(word, candidate);
    if (edits < fewest || (edits == fewest && !best)) {
      best = std::string(candidate);
      fewest = edits;
    }
  }
  return best;
}

std::string counted(std::size_t n, std::string_view singular, std::string_view plural) {
  std::string result = std::to_string(n) + " ";
  if (n == 1) return result.append(singular);
  if (!plural.empty()) return result.append(plural);
  return result.append(singular).append("s");
}

}  // namespace migrator
