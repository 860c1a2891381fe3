#include "engine/run/veiled_differences.h"

namespace migrator {
namespace {

ScriptVariables used_in(const Project& project) {
  ScriptVariables used;
  const auto add = [&](const Part& part) { used.insert(part.used.begin(), part.used.end()); };
  for (const Migration& migration : project.migrations) {
    add(migration.up);
    if (migration.down) add(*migration.down);
  }
  for (const Seed& seed : project.seeds) add(seed.part);
  return used;
}

}  // namespace

std::vector<CatalogDifference> compare_veiled(const Catalog& expected, const Catalog& actual,
                                              const Project& project) {
  std::vector<CatalogDifference> differences = compare_catalogs(expected, actual);
  const Veil veil = veil_of(used_in(project));
  for (CatalogDifference& difference : differences)
    for (auto* definition : {&difference.expected, &difference.actual})
      if (*definition) *definition = veil.over(**definition);
  return differences;
}

}  // namespace migrator
