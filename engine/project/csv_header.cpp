#include "engine/project/csv_header.h"

#include <utility>

namespace migrator {

std::optional<std::vector<std::string>> read_csv_header(std::string_view text, char delimiter) {
  std::vector<std::string> names;
  std::string name;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_doubled = quoted && text.substr(i).starts_with("\"\"");
    if (is_doubled) {
      name += text[i++];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '\n' || c == '\r')) {
      break;
    } else if (!quoted && c == delimiter) {
      names.push_back(std::move(name));
      name.clear();
    } else {
      name += c;
    }
  }
  if (quoted) return std::nullopt;
  names.push_back(std::move(name));
  return names;
}

}  // namespace migrator
