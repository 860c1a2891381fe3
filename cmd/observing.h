// `check --observe`: where the new migrations are run, and how.
#pragma once

#include <functional>
#include <vector>

#include "cmd/world.h"
#include "engine/lint/linter.h"
#include "engine/pg/connection.h"
#include "engine/project/config.h"
#include "engine/project/project.h"

namespace migrator {

/// Runs them on a scratch database that is gone when it returns. `target`, where there is one,
/// tells the roles that rights can be given to. All must outlive it.
std::function<ObservedRun(const LintOptions&, std::vector<Finding>&)> observing(
    const World& world, const Config& config, const Project& project, Connection* target);

}  // namespace migrator
