// How a scratch run's catalogs differ, without the values of variables that the project's files put
// into definitions: a default, a view. Names of objects stay as they are.
#pragma once

#include <vector>

#include "engine/plan/catalog.h"
#include "engine/project/project.h"

namespace migrator {

/// As compare_catalogs.
std::vector<CatalogDifference> compare_veiled(const Catalog& expected, const Catalog& actual,
                                              const Project& project);

}  // namespace migrator
