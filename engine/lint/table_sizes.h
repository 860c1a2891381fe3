// What is known of the size of a database's tables, as `stats export` writes it: values, from
// wherever. FORMATS.md, "Statistics". Nothing here has been asked of a database.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/sql/object_name.h"

namespace migrator {

struct TableSize {
  std::string kind = "table";                       ///< or "partitioned table", "materialized view"
  std::optional<std::int64_t> rows = std::nullopt;  ///< the server's estimate
  std::int64_t bytes = 0;                           ///< of all, with TOAST
  std::int64_t heap = 0;
  std::int64_t indexes = 0;
  std::optional<double> reads_per_second = std::nullopt;   ///< scans begun
  std::optional<double> writes_per_second = std::nullopt;  ///< rows inserted, updated, deleted

  bool operator==(const TableSize&) const = default;
};

struct DatabaseStats {
  int server_version = 0;  ///< 150018
  std::vector<std::pair<std::string, std::string>> settings = {};
  std::string since = {};    ///< rates are counted since "reset" or "start"; empty: there are none
  std::int64_t seconds = 0;  ///< ... for so long
  std::map<ObjectName, TableSize> tables = {};

  bool operator==(const DatabaseStats&) const = default;
};

}  // namespace migrator
