#include "engine/pg/settings.h"

#include <fmt/format.h>

#include <string_view>

#include "engine/base/quote.h"

namespace migrator {

std::vector<Query> setting(std::span<const ServerSetting> settings, SettingScope scope) {
  const std::string_view set = scope == SettingScope::transaction ? "SET LOCAL" : "SET";
  std::vector<Query> queries;
  for (const ServerSetting& one : settings)
    queries.push_back({fmt::format("{} {} = {}", set, one.name, quote_literal(one.value))});
  return queries;
}

}  // namespace migrator
