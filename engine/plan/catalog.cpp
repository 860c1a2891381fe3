#include "engine/plan/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/base/diff.h"

namespace migrator {
namespace {

const CatalogObject* find(const Catalog& catalog, std::string_view name) {
  const auto found = std::ranges::lower_bound(catalog.objects, name, {}, &CatalogObject::name);
  return found == catalog.objects.end() || found->name != name ? nullptr : &*found;
}

/// Its parent has gone, or come, with it.
bool goes_with_parent(const CatalogObject& object, const Catalog& other) {
  return !object.parent.empty() && !find(other, object.parent);
}

/// Backtracks to the last `*` alone, which is enough: an earlier one need not take more.
bool matches(std::string_view text, std::string_view pattern) {
  std::size_t at = 0, in_pattern = 0, star = std::string_view::npos, resumed = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      resumed = at;
    } else if (in_pattern < pattern.size() &&
               (pattern[in_pattern] == '?' || pattern[in_pattern] == text[at])) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++resumed;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

bool is_ignored(const Catalog& catalog, const CatalogObject* object,
                std::span<const std::string> patterns) {
  for (; object; object = object->parent.empty() ? nullptr : find(catalog, object->parent))
    if (std::ranges::any_of(patterns,
                            [&](const std::string& one) { return matches(object->name, one); }))
      return true;
  return false;
}

bool is_long(const std::string& definition) {
  return definition.find('\n') != std::string::npos;
}

}  // namespace

std::string_view to_text(DifferenceKind kind) {
  switch (kind) {
    case DifferenceKind::missing:
      return "missing";
    case DifferenceKind::extra:
      return "extra";
    case DifferenceKind::different:
      return "different";
  }
  return "";
}

std::vector<CatalogDifference> compare_catalogs(const Catalog& expected, const Catalog& actual) {
  std::vector<CatalogDifference> differences;
  for (const CatalogObject& object : expected.objects) {
    const CatalogObject* other = find(actual, object.name);
    if (!other) {
      if (!goes_with_parent(object, actual))
        differences.push_back({DifferenceKind::missing, object.name, object.definition, {}});
    } else if (other->definition != object.definition) {
      differences.push_back(
          {DifferenceKind::different, object.name, object.definition, other->definition});
    }
  }
  for (const CatalogObject& object : actual.objects)
    if (!find(expected, object.name) && !goes_with_parent(object, expected))
      differences.push_back({DifferenceKind::extra, object.name, {}, object.definition});
  std::ranges::stable_sort(differences, {}, &CatalogDifference::object);
  return differences;
}

Catalog without_ignored(const Catalog& catalog, std::span<const std::string> patterns) {
  Catalog rest{.server_version = catalog.server_version, .objects = {}};
  std::ranges::copy_if(
      catalog.objects, std::back_inserter(rest.objects),
      [&](const CatalogObject& object) { return !is_ignored(catalog, &object, patterns); });
  return rest;
}

std::string definitions_of(const CatalogDifference& difference, const CatalogSides& sides) {
  const std::string expected = difference.expected.value_or(""),
                    actual = difference.actual.value_or("");
  if (difference.kind != DifferenceKind::different) return expected + actual;
  if (is_long(expected) || is_long(actual))
    return unified_diff(expected, sides.expected, actual, sides.actual);
  const auto shown = [](const std::string& text) { return text.empty() ? "(nothing)" : text; };
  return fmt::format("{}: {}\n{}: {}", sides.expected, shown(expected), sides.actual,
                     shown(actual));
}

}  // namespace migrator
