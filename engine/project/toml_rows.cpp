#include "engine/project/toml_rows.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <toml++/toml.h>

#include "engine/project/complaint.h"

namespace migrator {
namespace {

std::string json_line(const toml::table& row) {
  std::ostringstream out;
  out << toml::json_formatter{row};
  std::string line = out.str();
  std::ranges::replace(line, '\n', ' ');
  return line;
}

}  // namespace

std::optional<DataRows> toml_rows(std::string_view text, const std::string& shown,
                                  std::vector<Finding>& findings) {
  const auto refuse = [&](std::string message, std::size_t line) {
    findings.push_back(complaint("seed-toml", std::move(message), shown, line));
    findings.back().next = "write each row under [[rows]]";
    return std::nullopt;
  };
  toml::table root;
  try {
    root = toml::parse(text, shown);
  } catch (const toml::parse_error& error) {
    return refuse(std::string(error.description()), error.source().begin.line);
  }
  const toml::array* const tables = root.empty() ? nullptr : root.begin()->second.as_array();
  if (root.size() != 1 || tables == nullptr || !tables->is_homogeneous(toml::node_type::table))
    return refuse("this is no single array of tables", 0);
  DataRows rows{.format = DataFormat::json_lines};
  std::string lines;
  for (const toml::node& row : *tables) {
    lines += json_line(*row.as_table()) + "\n";
    rows.lines.push_back(row.source().begin.line);
  }
  rows.text = std::move(lines);
  return rows;
}

}  // namespace migrator
