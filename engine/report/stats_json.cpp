#include "engine/report/stats_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/report/json_text.h"

namespace migrator {
namespace {

using Json = nlohmann::json;

constexpr int kFormat = 1;

std::string rate_text(const char* key, const std::optional<double>& rate) {
  return rate ? fmt::format(", \"{}\": {:.1f}", key, *rate) : "";
}

std::string line_of(const ObjectName& name, const TableSize& size) {
  std::string line =
      fmt::format("    {{\"schema\": {}, \"name\": {}, \"kind\": {}", json_text(name.schema),
                  json_text(name.name), json_text(size.kind));
  if (size.rows) line += fmt::format(", \"rows\": {}", *size.rows);
  return line + fmt::format(", \"bytes\": {}, \"heap\": {}, \"indexes\": {}{}{}}}", size.bytes,
                            size.heap, size.indexes,
                            rate_text("reads_per_second", size.reads_per_second),
                            rate_text("writes_per_second", size.writes_per_second));
}

template <typename Container>
std::string joined(const Container& items, auto&& write) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "\n" : ",\n") + write(item);
  return text.empty() ? "" : text + "\n  ";
}

[[noreturn]] void refuse(const std::string& file, std::string what) {
  throw Error(ErrorKind::configuration,
              {.id = "stats-invalid",
               .message = fmt::format("{}: {}", file, what),
               .place = Place{.file = file},
               .next = "write it anew: migrator stats export -o " + file});
}

/// A member that must be there, and be of that kind.
const Json& member(const Json& object, const char* key, bool (Json::*is_kind)() const noexcept,
                   const std::string& file) {
  const auto found = object.find(key);
  if (found == object.end()) refuse(file, fmt::format("\"{}\" is missing", key));
  if (!((*found).*is_kind)()) refuse(file, fmt::format("\"{}\" is of the wrong kind", key));
  return *found;
}

std::optional<double> rate_in(const Json& table, const char* key) {
  const auto found = table.find(key);
  return found != table.end() && found->is_number() ? std::optional(found->get<double>())
                                                    : std::nullopt;
}

std::int64_t bytes_in(const Json& table, const char* key, const std::string& file) {
  const auto value = member(table, key, &Json::is_number_integer, file).get<std::int64_t>();
  if (value < 0) refuse(file, fmt::format("\"{}\" is below 0", key));
  return value;
}

void take_table(const Json& table, const std::string& file, DatabaseStats& stats) {
  if (!table.is_object()) refuse(file, "a table is no object");
  const ObjectName name{member(table, "schema", &Json::is_string, file).get<std::string>(),
                        member(table, "name", &Json::is_string, file).get<std::string>()};
  TableSize size{.kind = member(table, "kind", &Json::is_string, file).get<std::string>(),
                 .bytes = bytes_in(table, "bytes", file),
                 .heap = bytes_in(table, "heap", file),
                 .indexes = bytes_in(table, "indexes", file),
                 .reads_per_second = rate_in(table, "reads_per_second"),
                 .writes_per_second = rate_in(table, "writes_per_second")};
  if (table.contains("rows")) size.rows = bytes_in(table, "rows", file);
  stats.tables[name] = std::move(size);
}

}  // namespace

std::string to_json(const DatabaseStats& stats) {
  const std::string settings = joined(stats.settings, [](const auto& setting) {
    return fmt::format("    {}: {}", json_text(setting.first), json_text(setting.second));
  });
  const std::string tables =
      joined(stats.tables, [](const auto& table) { return line_of(table.first, table.second); });
  return fmt::format(
      "{{\n  \"format\": {},\n  \"server_version\": {},\n  \"counted_since\": {},\n"
      "  \"counted_seconds\": {},\n  \"settings\": {{{}}},\n  \"tables\": [{}]\n}}\n",
      kFormat, stats.server_version, json_text(stats.since), stats.seconds, settings, tables);
}

DatabaseStats parse_stats(std::string_view json, const std::string& file) {
  const Json document = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded() || !document.is_object()) refuse(file, "this is no JSON object");
  if (member(document, "format", &Json::is_number_integer, file) != kFormat)
    refuse(file, "its format is another than 1");
  DatabaseStats stats{.server_version =
                          member(document, "server_version", &Json::is_number_integer, file)};
  stats.since = member(document, "counted_since", &Json::is_string, file).get<std::string>();
  stats.seconds = bytes_in(document, "counted_seconds", file);
  for (const auto& [name, value] : member(document, "settings", &Json::is_object, file).items())
    if (value.is_string()) stats.settings.emplace_back(name, value.get<std::string>());
  for (const Json& table : member(document, "tables", &Json::is_array, file))
    take_table(table, file, stats);
  return stats;
}

}  // namespace migrator
