// Settings of a session as values, and the one statement that sets them all.
#pragma once

#include <span>
#include <string>

#include "engine/pg/connection.h"

namespace migrator {

enum class SettingScope { session, transaction };

/// In their order; what SET (or SET LOCAL) of each would do.
Query setting(std::span<const ServerSetting> settings, SettingScope scope);

}  // namespace migrator
