// The rows of a data file as they travel to the server: CSV as it is, what is written as JSON or
// TOML as one JSON object in each line. What is in the rows is the server's to judge.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/content.h"
#include "engine/base/finding.h"
#include "engine/project/data_seed_script.h"

namespace migrator {

struct DataRows {
  Content text = {};
  DataFormat format = DataFormat::csv;  ///< csv, tsv or json_lines
  /// For each line of the text, its line of the file; empty where they are the same.
  std::vector<std::size_t> lines = {};
};

/// `text` is UTF-8, without a byte-order mark. What is wrong is a finding, and no rows then.
std::optional<DataRows> rows_of(DataFormat format, Content text, const std::string& shown,
                                std::vector<Finding>& findings);

}  // namespace migrator
