#include "engine/project/file_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"

namespace migrator {
namespace {

constexpr std::string_view digits = "0123456789";

/// Takes a suffix off; false when the text is nothing else.
bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

bool is_leftover(std::string_view lower_name) {
  constexpr auto endings =
      std::to_array<std::string_view>({"~", ".bak", ".orig", ".rej", ".swp", ".tmp"});
  return std::ranges::any_of(endings, [&](std::string_view e) { return lower_name.ends_with(e); });
}

/// The valid form that is nearest to a name that has none: V1__users.SQL -> 1_users.sql.
std::string suggest(std::string_view file_name) {
  const std::size_t extension = to_lower_ascii(file_name).rfind(".sq");
  std::string_view direction;
  std::string stem(
      file_name.substr(0, extension == file_name.npos ? file_name.rfind('.') : extension));
  const auto cut = [&](std::string_view ending, std::string_view meaning) {
    if (!to_lower_ascii(stem).ends_with(ending)) return;
    stem.resize(stem.size() - ending.size());
    direction = meaning;
  };
  for (const std::string_view separator : {".", "_", "-"}) {
    cut(std::string(separator) + "up", ".up");
    cut(std::string(separator) + "down", ".down");
  }
  const bool is_letter_prefixed = stem.size() > 1 && digits.find(stem[1]) != digits.npos;
  if (is_letter_prefixed && (stem[0] == 'U' || stem[0] == 'u'))
    direction = ".down";  // Flyway: undo
  if (stem.starts_with("R_") || stem.starts_with("r_")) {
    stem.erase(0, std::min(stem.find_first_not_of('_', 1), stem.size()));
    return fmt::format("R__{}.sql", stem.empty() ? "name" : stem);
  }
  if (is_letter_prefixed && digits.find(stem[0]) == digits.npos) stem.erase(0, 1);

  const std::size_t number = std::min(stem.find_first_not_of(digits), stem.size());
  std::string name = stem.substr(number);
  name.erase(0, name.find_first_not_of("_-. "));
  std::ranges::replace(name, ' ', '_');
  return fmt::format("{}_{}{}.sql", number == 0 ? "20261122103000" : stem.substr(0, number),
                     name.empty() ? "name" : name, direction);
}

}  // namespace

bool is_ignored_file(std::string_view file_name) {
  return file_name.starts_with('.') || starts_with_ignoring_case(file_name, "readme") ||
         to_lower_ascii(file_name).ends_with(".md");
}

FileName read_file_name(std::string_view file_name) {
  if (is_ignored_file(file_name)) return {.role = FileRole::ignored};
  const std::string lower = to_lower_ascii(file_name);
  const bool looks_like_one =
      !is_leftover(lower) && (lower.ends_with(".sql") || digits.find(lower[0]) != digits.npos ||
                              file_name.starts_with("R__"));
  if (!looks_like_one) return {.role = FileRole::stray};

  const auto unknown = [&] {
    return FileName{.role = FileRole::unknown, .suggestion = suggest(file_name)};
  };
  std::string_view stem = file_name;
  if (!take_suffix(stem, ".sql")) return unknown();
  FileName result{.role = FileRole::whole};
  if (take_suffix(stem, ".up"))
    result.role = FileRole::up;
  else if (take_suffix(stem, ".down"))
    result.role = FileRole::down;

  if (stem.starts_with("R__")) {
    if (result.role != FileRole::whole || stem.size() == 3) return unknown();
    return {.role = FileRole::repeatable, .name = std::string(stem.substr(3))};
  }
  const std::size_t number = stem.find_first_not_of(digits);
  if (number == 0 || number == stem.npos || stem[number] != '_' || number + 1 == stem.size())
    return unknown();
  const auto version = parse_version(stem.substr(0, number));
  if (!version) return {.role = FileRole::too_large};
  result.version = *version;
  result.name = std::string(stem.substr(number + 1));
  return result;
}

}  // namespace migrator
