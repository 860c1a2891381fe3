// Which environment is meant: --env, MIGRATOR_ENV, default_env, else "default"; and whether the
// name makes sense with the environments that the file has.
#pragma once

#include <optional>
#include <string>

#include "engine/project/config_file.h"
#include "engine/project/setting_sources.h"

namespace migrator {

/// Throws Error(configuration) for a name that is likely a slip: not among the file's [env.*], or
/// near "prod" where there is none. "prod" itself needs no table: PROD_CONNECTION_URL serves it.
Setting<std::string> choose_environment(const std::optional<std::string>& flag,
                                        const ConfigFile& file, const SettingSources& sources);

}  // namespace migrator
