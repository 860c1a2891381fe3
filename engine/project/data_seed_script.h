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

/// What is made by Part::row_check, and takes the \copy instead then.
constexpr std::string_view kCheckTable = "pg_temp.migrator_check";

/// What the \copy of a file with a header says of its form.
constexpr std::string_view kWithHeader = "format csv, header";
constexpr std::string_view kWithoutHeader = "format csv";

struct DataSeedTexts {
  std::string script;      ///< statements, and among them a \copy of the file `rows`
  std::string row_check;   ///< Part::row_check; empty where rows are no fields when they are sent
  std::string row_search;  ///< Part::row_search
};

DataSeedTexts data_seed_texts(const DataLoad& load);

}  // namespace migrator
