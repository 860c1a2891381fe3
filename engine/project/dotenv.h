// Reads the text of a .env file: KEY=VALUE lines, "export ", single and double quotes (which may
// span lines), comments. Knows no file system. Its errors never quote a value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace migrator {

struct DotenvEntry {
  std::string key;
  std::string value;
  std::size_t line = 0;
  bool literal = false;  ///< single quotes: ${VAR} is left alone

  bool operator==(const DotenvEntry&) const = default;
};

/// Entries in order; of two with one key the later counts. `file` is the name for errors. Throws
/// Error(configuration) that lists all bad lines.
std::vector<DotenvEntry> parse_dotenv(std::string_view text, std::string_view file);

}  // namespace migrator
