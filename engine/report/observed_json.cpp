#include <nlohmann/json.hpp>

#include "engine/report/observed.h"
#include "engine/report/to_text.h"

namespace migrator {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const ObjectName& name) {
  return {{"schema", name.schema}, {"name", name.name}};
}

Json json_of(const SeenLock& lock) {
  Json json = json_of(lock.relation.name);
  json["kind"] = lock.relation.kind;
  json["mode"] = to_text(lock.mode);
  json["blocks"] = to_text(blocked_by(lock.mode));
  return json;
}

Json json_of(const SeenRows& rows) {
  Json json = json_of(rows.table);
  json["inserted"] = rows.inserted;
  json["updated"] = rows.updated;
  json["deleted"] = rows.deleted;
  return json;
}

Json json_of(const SeenLoss& loss) {
  Json json{{"kind", loss.kind}, {"name", to_short_text(loss.name)}};
  if (!loss.of.empty()) json["of"] = loss.of;
  return json;
}

Json json_of(const Observation& seen);

/// Nothing where there is nothing.
template <typename Item>
void put(Json& json, const char* key, const std::vector<Item>& items) {
  for (const Item& item : items) json[key].push_back(json_of(item));
}

double milliseconds(std::chrono::microseconds duration) {
  return static_cast<double>(duration.count()) / 1000;
}

Json json_of(const Observation& seen) {
  Json json{{"file", seen.file}, {"line", seen.line}, {"column", seen.column}, {"what", seen.what}};
  if (seen.skipped) {
    json["skipped"] = true;
    return json;
  }
  json["transactional"] = seen.transactional;
  json["duration_ms"] = milliseconds(seen.duration);
  if (seen.failure) {
    json["failure"] = {{"message", seen.failure->message}, {"sqlstate", seen.failure->sqlstate}};
    return json;
  }
  json["locked_for_ms"] = milliseconds(seen.locked_for);
  json["wal_bytes"] = seen.wal_bytes;
  put(json, "locks", seen.locks);
  put(json, "held", seen.held);
  put(json, "rewritten", seen.rewritten);
  put(json, "scanned", seen.scanned);
  put(json, "emptied", seen.emptied);
  put(json, "refreshed", seen.refreshed);
  put(json, "rebuilt", seen.rebuilt);
  put(json, "rows", seen.rows);
  put(json, "gone", seen.losses);
  put(json, "invalid_indexes", seen.invalid_indexes);
  if (!seen.settings.empty()) json["settings_kept"] = seen.settings;
  return json;
}

}  // namespace

std::string observed_json(const ObservedRun& run) {
  Json json{{"server_version", version_text(run.server_version)},
            {"time_zone", run.time_zone},
            {"tables_filled", run.filled},
            {"statements", Json::array()}};
  put(json, "statements", run.statements);
  Json empty = Json::array();
  for (const EmptyTable& table : run.empty)
    empty.push_back({{"table", table.table}, {"why", table.why}});
  json["tables_empty"] = empty;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace migrator
