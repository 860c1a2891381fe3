// Writes rows of a table as a data file (engine/project/data_seed) that loads back identical: what
// the seed of the other direction reads. Streams; the rows are never held.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/pg/connection.h"

namespace migrator {

enum class ExportFormat { csv, json_lines };

struct TableExport {
  std::string table;                         ///< as SQL names it: users, auth.users
  std::vector<std::string> columns = {};     ///< empty: all that take values
  std::vector<std::string> references = {};  ///< "user_uuid@users.handle": by that column there
  std::string where = {};                    ///< SQL, of the table t; empty: all rows
  ExportFormat format = ExportFormat::csv;
};

using ExportSink = std::function<void(std::string_view)>;

/// The number of rows, in the order of the primary key, or another unique one, or of their text.
/// Texts are ordered by their bytes, so that the order is the same on every server. Throws
/// Error(migration) with the server's complaint, or "export-columns"; and what the sink throws.
std::uint64_t export_table(Connection& connection, const TableExport& what, const ExportSink& sink,
                           const std::stop_token& stop);

}  // namespace migrator
