#include "engine/project/roles_made.h"

#include <algorithm>
#include <array>
#include <functional>

#include "engine/base/text.h"

namespace migrator {
namespace {

/// A file of so many statements is data.
constexpr std::size_t kMostStatements = 10'000;

bool is_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

class Words {
 public:
  Words(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  /// In lower case; empty where none comes next.
  std::string word() {
    skip_space();
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_of_word(text_[at_])) ++at_;
    return to_lower_ascii(text_.substr(begin, at_ - begin));
  }

  std::string name() {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != '"') return word();
    std::string name;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"' && (at_ + 1 == text_.size() || text_[at_ + 1] != '"')) return name;
      if (text_[at_] == '"') ++at_;
      name += text_[at_];
    }
    return {};
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }

  std::string_view text_;
  std::size_t at_;
};

void for_each_text(const Part& part, const std::function<void(std::string_view)>& take) {
  if (part.is_generated() || part.statement_count > kMostStatements) return;
  take(part.text.view());
  for (const Included& included : part.included)
    if (!included.is_data) take(included.text.view());
}

void for_each_text(const Project& project, const std::function<void(std::string_view)>& take) {
  for (const Migration& migration : project.migrations) {
    for_each_text(migration.up, take);
    if (migration.down) for_each_text(*migration.down, take);
  }
  for (const Seed& seed : project.seeds) for_each_text(seed.part, take);
}

}  // namespace

void add_roles_made_in(std::string_view text, std::set<std::string>& names) {
  constexpr auto kinds = std::to_array<std::string_view>({"role", "user", "group"});
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_of_word(text[at])) continue;
    const std::size_t begin = at;
    while (at < text.size() && is_of_word(text[at])) ++at;
    constexpr std::string_view make = "create";
    const std::string_view first = text.substr(begin, at - begin);
    if (first.size() != make.size() || !starts_with_ignoring_case(first, make)) continue;
    Words words(text, at);
    if (std::ranges::find(kinds, words.word()) == kinds.end()) continue;
    const std::string name = words.name();
    // CREATE USER MAPPING makes none.
    if (!name.empty() && name != "mapping") names.insert(name);
  }
}

std::set<std::string> roles_made_by(const Project& project) {
  std::set<std::string> names;
  for_each_text(project, [&](std::string_view text) { add_roles_made_in(text, names); });
  return names;
}

bool is_mentioned(const Project& project, std::string_view name) {
  bool found = false;
  for_each_text(project, [&](std::string_view text) {
    found = found || to_lower_ascii(text).find(to_lower_ascii(name)) != std::string::npos;
  });
  return found;
}

}  // namespace migrator
