#include "engine/base/veil.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/text.h"

namespace migrator {
namespace {

// So much of a value that goes on tells it; less of it may be a word like any other.
constexpr std::size_t kStretch = 8;
// Of a value that is longer, what is behind that is looked for whole alone.
constexpr std::size_t kMostStretches = std::size_t{1} << 16U;
constexpr std::size_t kShortestRest = 3;
constexpr std::string_view kCut = "...";

std::string doubled(std::string_view value, std::string_view which) {
  std::string result;
  for (const char c : value) result.append(which.find(c) == std::string_view::npos ? 1 : 2, c);
  return result;
}

/// As JSON, arrays and rows have it in quotes.
std::string escaped(std::string_view value) {
  std::string result;
  for (const char c : value) {
    if (c == '\n')
      result += "\\n";
    else if (c == '\t')
      result += "\\t";
    else if (c == '\r')
      result += "\\r";
    else if (c == '"' || c == '\\')
      result.append(1, '\\').append(1, c);
    else
      result += c;
  }
  return result;
}

std::string hexadecimal(std::string_view value) {
  std::string result;
  for (const char c : value) result += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return result;
}

bool is_inside_character(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

/// A server that tells where it stumbled quotes a word of the value, which may be
/// shorter than a stretch.
void mark_stumbled_over(std::string_view text, const auto& spellings, auto& owners) {
  for (const std::string_view before : {"token \"", "invalid value \"", "at or near \""}) {
    for (std::size_t at = text.find(before); at != std::string_view::npos;
         at = text.find(before, at + 1)) {
      const std::size_t begin = at + before.size();
      const std::string_view word = text.substr(begin, text.find('"', begin) - begin);
      if (word.size() < kShortestRest) continue;
      for (const auto& spelling : spellings)
        if (spelling.text.find(word) != std::string::npos)
          std::fill_n(owners.begin() + static_cast<std::ptrdiff_t>(begin), word.size(),
                      spelling.owner);
    }
  }
}

}  // namespace

void Veil::hide(std::string_view name, std::string_view value) {
  if (value.size() < kShortest) return;
  names_.emplace_back(name);
  const std::size_t owner = names_.size();
  const std::set<std::string> spelled = {
      std::string(value),   doubled(value, "'"), doubled(value, "'\\"), doubled(value, "\"\\"),
      doubled(value, "\""), escaped(value),      hexadecimal(value)};
  for (const std::string& text : spelled) {
    Spelling spelling{to_lower_ascii(text), owner};
    const std::size_t end = std::min(spelling.text.size(), kMostStretches);
    for (std::size_t at = 0; at + kStretch <= end; ++at)
      stretches_.try_emplace(spelling.text.substr(at, kStretch), owner);
    spellings_.push_back(std::move(spelling));
  }
  std::ranges::stable_sort(spellings_, std::greater(),
                           [](const Spelling& one) { return one.text.size(); });
}

void Veil::mark_whole(std::string_view text, Owners& owners) const {
  for (const Spelling& spelling : spellings_) {
    std::size_t at = text.find(spelling.text);
    for (; at != std::string_view::npos; at = text.find(spelling.text, at + 1)) {
      const auto begin = owners.begin() + static_cast<std::ptrdiff_t>(at);
      const auto end = begin + static_cast<std::ptrdiff_t>(spelling.text.size());
      std::replace(begin, end, std::size_t{0}, spelling.owner);
    }
  }
}

void Veil::mark_stretches(std::string_view text, Owners& owners) const {
  for (std::size_t at = 0; at + kStretch <= text.size(); ++at) {
    const auto found = stretches_.find(std::string(text.substr(at, kStretch)));
    if (found == stretches_.end()) continue;
    const auto begin = owners.begin() + static_cast<std::ptrdiff_t>(at);
    std::replace(begin, begin + kStretch, std::size_t{0}, found->second);
  }
}

/// A server that shows only a part of a value says so: what stands at the cut may be a rest of one
/// that is too short to be known by itself.
void Veil::mark_cut(std::string_view text, Owners& owners) const {
  const auto mark = [&](std::size_t at, std::size_t length, std::size_t owner) {
    const auto begin = owners.begin() + static_cast<std::ptrdiff_t>(at);
    std::replace(begin, begin + static_cast<std::ptrdiff_t>(length), std::size_t{0}, owner);
  };
  for (std::size_t cut = text.find(kCut); cut != std::string_view::npos;
       cut = text.find(kCut, cut + kCut.size())) {
    const std::string_view before = text.substr(0, cut), behind = text.substr(cut + kCut.size());
    for (const Spelling& spelling : spellings_) {
      const std::string_view value = spelling.text;
      for (std::size_t length = std::min(value.size(), kStretch) - 1; length >= kShortestRest;
           --length) {
        if (before.ends_with(value.substr(0, length))) mark(cut - length, length, spelling.owner);
        if (behind.starts_with(value.substr(value.size() - length)))
          mark(cut + kCut.size(), length, spelling.owner);
      }
    }
  }
}

std::string Veil::over(std::string_view text) const {
  if (is_empty()) return std::string(text);
  const std::string small = to_lower_ascii(text);
  Owners owners(text.size(), 0);
  mark_whole(small, owners);
  mark_stretches(small, owners);
  mark_cut(small, owners);
  mark_stumbled_over(small, spellings_, owners);
  // What is left of a character whose other half is hidden would be no text.
  for (std::size_t at = text.size(); at-- > 1;)
    if (owners[at] != 0 && is_inside_character(text, at) && owners[at - 1] == 0)
      owners[at - 1] = owners[at];
  for (std::size_t at = 1; at < text.size(); ++at)
    if (owners[at] == 0 && owners[at - 1] != 0 && is_inside_character(text, at))
      owners[at] = owners[at - 1];
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (owners[at] == 0)
      result += text[at];
    else if (at == 0 || owners[at] != owners[at - 1])
      result += fmt::format("${{{}}}", names_[owners[at] - 1]);
  }
  return result;
}

Finding Veil::over(Finding finding) const {
  if (is_empty()) return finding;
  for (std::string* said : {&finding.message, &finding.detail, &finding.hint, &finding.context})
    *said = over(*said);
  return finding;
}

void Veil::cover(std::span<Finding> findings) const {
  for (Finding& finding : findings) finding = over(std::move(finding));
}

}  // namespace migrator
