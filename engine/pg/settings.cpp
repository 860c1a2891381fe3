#include "engine/pg/settings.h"

#include <fmt/format.h>

#include <string_view>

#include "engine/pg/quote.h"

namespace migrator {

Query setting(std::span<const ServerSetting> settings, SettingScope scope) {
  const std::string_view is_local = scope == SettingScope::transaction ? "true" : "false";
  Query query{.sql = "SELECT"};
  for (const ServerSetting& one : settings)
    query.sql +=
        fmt::format("{} pg_catalog.set_config({}, {}, {})", &one == settings.data() ? "" : ",",
                    quote_literal(one.name), quote_literal(one.value), is_local);
  return query;
}

}  // namespace migrator
