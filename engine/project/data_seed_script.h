// The statements that load a data file (engine/project/data_seed.h), as text.
#pragma once

#include <string>
#include <vector>

#include "engine/project/seed_options.h"

namespace migrator {

/// A column of the file. With a reference, its fields name rows of another table by that column:
/// "user_uuid@users.handle" in the header.
struct DataColumn {
  std::string name;
  std::string reference_table = {};
  std::string reference_column = {};
};

enum class DataFormat { csv, tsv, json_lines, json, toml };

/// Into which the \copy goes.
constexpr std::string_view kSeedTable = "pg_temp.migrator_seed";

struct DataLoad {
  std::string table;  ///< "users", "auth.users"
  std::vector<DataColumn> columns;
  DataFormat format = DataFormat::csv;  ///< csv, tsv or json_lines
  SeedOptions options;
};

/// Statements, and among them a \copy of the file `rows`.
std::string data_seed_script(const DataLoad& load);

}  // namespace migrator
