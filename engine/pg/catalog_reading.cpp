#include "engine/pg/catalog_reading.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "engine/base/error.h"
#include "engine/pg/catalog_queries.h"
#include "engine/pg/pipeline.h"
#include "engine/pg/script.h"
#include "engine/pg/settings.h"

namespace migrator {
namespace {

/// What the texts of definitions depend on.
std::vector<ServerSetting> settled() {
  return {{"search_path", ""},       {"quote_all_identifiers", "off"}, {"timezone", "UTC"},
          {"datestyle", "ISO, MDY"}, {"intervalstyle", "postgres"},    {"extra_float_digits", "1"},
          {"bytea_output", "hex"},   {"xmlbinary", "base64"}};
}

std::vector<Reply> ask(Connection& connection, const HistoryTable& table,
                       const std::stop_token& stop) {
  std::vector<Query> queries{{"begin transaction isolation level repeatable read, read only"}};
  std::ranges::move(setting(settled(), SettingScope::transaction), std::back_inserter(queries));
  queries.push_back({catalog_query(), {table.schema(), table.table()}});
  queries.push_back({"commit"});
  try {
    return run_together(connection, queries, stop);
  } catch (const Error&) {
    if (connection.is_alive()) run_quick_command(connection, "rollback");
    throw;
  }
}

}  // namespace

Catalog read_catalog(Connection& connection, const HistoryTable& table,
                     const std::stop_token& stop) {
  Catalog catalog{.server_version = connection.server_version(), .objects = {}};
  std::vector<Reply> replies = ask(connection, table, stop);
  for (Row& row : replies.at(replies.size() - 2).rows)
    catalog.objects.push_back(
        {row.at(0).value_or(""), row.at(1).value_or(""), row.at(2).value_or("")});
  const auto by_name = [](const CatalogObject& one, const CatalogObject& other) {
    return one.name < other.name;
  };
  std::ranges::sort(catalog.objects, by_name);
  return catalog;
}

}  // namespace migrator
