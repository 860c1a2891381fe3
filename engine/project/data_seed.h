// A seed that is rows for one table (users.csv) as a Part that loads it: into a temporary table by
// COPY, then into the table by statements that write only what differs. The Part is generated, and
// asks the server itself for what it has to know of the table; the history and the runner see a
// seed like any other. What it does not do: read the rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/content.h"
#include "engine/base/finding.h"
#include "engine/project/checksum.h"
#include "engine/project/data_rows.h"
#include "engine/project/seed_options.h"
#include "engine/sql/part.h"

namespace migrator {

/// What the name of a file says.
struct DataFileName {
  std::string table;  ///< "users", "auth.users": the key of its options as well
  DataFormat format = DataFormat::csv;
  bool is_gzipped = false;
};

/// Of "users.csv", "10_users.csv" (a number in front gives an order), "auth.users.jsonl",
/// "users.csv.gz"; nothing for other names.
std::optional<DataFileName> read_data_file_name(std::string_view file_name);

/// What is wrong with the header is a finding.
std::optional<Part> make_data_seed(const std::string& table, std::string file, DataRows rows,
                                   const SeedOptions& options, std::vector<Finding>& findings);

/// Of the file's text, unpacked and without a byte-order mark, and the options.
Checksums checksums_of_data(const Content& text, const SeedOptions& options);

/// SQLSTATE of the notice in which the generated statements tell what they did, as
/// "created 1 updated 2 unchanged 3 deleted 4".
constexpr std::string_view kRowsNotice = "MGR00";

/// SQLSTATE of the notices that show some of what a dry run would do.
constexpr std::string_view kSampleNotice = "MGR02";

/// SQLSTATE of the notice that names the table into which the rows go at once, as SQL names it.
constexpr std::string_view kIntoNotice = "MGR01";

}  // namespace migrator
