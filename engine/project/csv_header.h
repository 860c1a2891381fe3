// The first record of a CSV file, which names the columns. The rows are the server's to read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrator {

/// The names, by the rules of COPY's CSV format. Nothing when a quote is not closed.
std::optional<std::vector<std::string>> read_csv_header(std::string_view text, char delimiter);

}  // namespace migrator
