#include "engine/run/row_lines.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <vector>

#include "engine/base/text.h"
#include "engine/project/data_seed.h"

namespace migrator {
namespace {

/// The numbers behind "row " or "rows " at the begin of a line, and what stands behind them.
struct Mention {
  std::vector<std::size_t> rows = {};
  std::string_view rest = {};
};

Mention mention_in(std::string_view line) {
  Mention mention{.rest = line};
  if (!line.starts_with("row")) return mention;
  std::string_view rest = line.substr(line.starts_with("rows ") ? 5 : 4);
  while (true) {
    std::size_t row = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), row);
    if (error != std::errc()) break;
    mention.rows.push_back(row);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    mention.rest = rest;
    if (!rest.starts_with(", ")) break;
    rest.remove_prefix(2);
  }
  return mention;
}

/// The lines on which records of a CSV text begin: of those that are asked for.
void find_records(std::string_view text, std::map<std::size_t, std::size_t>& lines) {
  std::size_t record = 0, line = 1;
  bool quoted = false, at_begin = true;
  for (const char c : text) {
    if (at_begin) {
      const auto wanted = lines.find(record);
      if (wanted != lines.end()) wanted->second = line;
      if (wanted == std::prev(lines.end())) return;
      at_begin = false;
    }
    if (c == '"') quoted = !quoted;
    if (c != '\n') continue;
    ++line;
    if (quoted) continue;
    ++record;
    at_begin = true;
  }
}

std::map<std::size_t, std::size_t> lines_of_rows(const std::vector<std::size_t>& rows,
                                                 const Included& data) {
  std::map<std::size_t, std::size_t> lines;
  for (const std::size_t row : rows) lines.emplace(row, 0);
  const std::size_t slash = data.file.rfind('/');
  const auto name = read_data_file_name(data.file.substr(slash + 1));
  const bool has_header =
      name && (name->format == DataFormat::csv || name->format == DataFormat::tsv);
  if (has_header && !lines.empty()) find_records(data.text.view(), lines);
  if (!has_header)
    for (auto& [row, line] : lines) line = line_of_text(data, row);
  return lines;
}

}  // namespace

std::size_t line_of_text(const Included& data, std::size_t line) {
  return line == 0 || line > data.lines.size() ? line : data.lines[line - 1];
}

std::string with_lines_for_rows(std::string_view text, const Included& data, std::size_t& first) {
  std::vector<std::size_t> rows;
  for (const std::string_view line : split_lines(text))
    std::ranges::copy(mention_in(line).rows, std::back_inserter(rows));
  const std::map<std::size_t, std::size_t> lines = lines_of_rows(rows, data);
  first = rows.empty() ? 0 : lines.at(rows.front());
  std::string result;
  for (const std::string_view line : split_lines(text)) {
    const Mention mention = mention_in(line);
    if (!result.empty()) result += '\n';
    if (!mention.rows.empty()) result += mention.rows.size() > 1 ? "lines " : "line ";
    for (std::size_t i = 0; i < mention.rows.size(); ++i)
      result += (i > 0 ? ", " : "") + std::to_string(lines.at(mention.rows[i]));
    result += mention.rest;
  }
  return result;
}

}  // namespace migrator
