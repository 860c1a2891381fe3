// What git says about the migrations since a base, which is what is deployed: which files are new,
// and which of the base's were edited or deleted. It runs the program git and reads its answer.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/base/finding.h"
#include "engine/project/config.h"

namespace migrator {

struct GitComparison {
  std::set<std::string> added = {};  ///< ids of migrations
  std::vector<Finding> findings = {};
};

/// git has the environment that is given: where its own configuration is, says HOME. Throws
/// Error(configuration): "git-missing", and "base-unknown" when git cannot tell.
GitComparison compare_with_base(const Config& config, const EnvironmentVariables& variables,
                                const std::string& base);

}  // namespace migrator
