// What stands between a command and the end of a database: the environment's protection and its
// name, typed by a person or said in advance.
#pragma once

#include <string>

#include "cmd/world.h"
#include "engine/project/config.h"

namespace migrator {

/// Throws Error(usage): "environment-protected", "not-confirmed". `shown` is the database as people
/// know it: "prod: app on db.example:5432".
void require_leave_to_drop(const World& world, const Config& config, const std::string& name,
                           const std::string& shown);

}  // namespace migrator
