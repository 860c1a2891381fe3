#include "engine/sql/table_name.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "engine/base/quote.h"

namespace migrator {
namespace {

bool begins_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || c == '_' || std::isalpha(byte) != 0;
}

bool is_of_word(char c) {
  return begins_word(c) || c == '$' || std::isdigit(static_cast<unsigned char>(c)) != 0;
}

bool is_word(std::string_view text) {
  return !text.empty() && begins_word(text.front()) && std::ranges::all_of(text, is_of_word);
}

bool is_quoted(std::string_view text) {
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') return false;
  for (std::size_t i = 1; i + 1 < text.size(); ++i)
    if (text[i] == '"' && (text[++i] != '"' || i + 1 == text.size())) return false;
  return true;
}

/// Between the dots that are outside of quotes.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (text[at] != '.' || quoted) continue;
    parts.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

bool is_plain(std::string_view part) {
  return is_word(part) && std::ranges::none_of(part, [](char c) {
           return std::isupper(static_cast<unsigned char>(c)) != 0;
         });
}

}  // namespace

bool is_table_name(std::string_view text) {
  const std::vector<std::string_view> parts = parts_of(text);
  return parts.size() <= 3 && std::ranges::all_of(parts, [](std::string_view part) {
           return is_word(part) || is_quoted(part);
         });
}

std::string table_name_in_quotes(std::string_view text) {
  std::string name;
  for (const std::string_view part : parts_of(text))
    name += (name.empty() ? "" : ".") +
            (is_plain(part) || is_quoted(part) ? std::string(part) : quote_name(part));
  return name;
}

}  // namespace migrator
