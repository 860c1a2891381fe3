// The first record of a CSV file, which names the columns. The rows are the server's to read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrator {

struct CsvHeader {
  std::vector<std::string> names = {};
  std::size_t length = 0;  ///< bytes, with its line end
};

/// By the rules of COPY's CSV format. Nothing when a quote is not closed.
std::optional<CsvHeader> read_csv_header(std::string_view text, char delimiter);

}  // namespace migrator
