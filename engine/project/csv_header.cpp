#include "engine/project/csv_header.h"

namespace migrator {

std::optional<CsvHeader> read_csv_header(std::string_view text, char delimiter) {
  CsvHeader header;
  std::string name;
  bool quoted = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      const bool is_doubled = quoted && i + 1 < text.size() && text[i + 1] == '"';
      if (is_doubled) name += text[i++];
      if (!is_doubled) quoted = !quoted;
    } else if (quoted) {
      name += c;
    } else if (c == delimiter) {
      header.names.push_back(std::move(name));
      name.clear();
    } else if (c == '\n' || c == '\r') {
      break;
    } else {
      name += c;
    }
  }
  if (quoted) return std::nullopt;
  header.names.push_back(std::move(name));
  if (i < text.size() && text[i] == '\r') ++i;
  if (i < text.size() && text[i] == '\n') ++i;
  header.length = i;
  return header;
}

}  // namespace migrator
