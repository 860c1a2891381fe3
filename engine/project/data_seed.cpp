#include "engine/project/data_seed.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "engine/project/complaint.h"
#include "engine/project/csv_header.h"
#include "engine/project/data_seed_script.h"
#include "engine/project/json_keys.h"
#include "engine/sql/command_reader.h"

namespace migrator {
namespace {

constexpr std::string_view kDigits = "0123456789";

/// "user_uuid@users.handle", "user_uuid@auth.users.handle".
DataColumn column_of(const std::string& name) {
  const std::size_t at = name.find('@');
  const std::size_t dot = name.rfind('.');
  if (at == std::string::npos || dot == std::string::npos || dot < at) return {.name = name};
  return {.name = name.substr(0, at),
          .reference_table = name.substr(at + 1, dot - at - 1),
          .reference_column = name.substr(dot + 1)};
}

Finding bad_header(const std::string& file, std::string message, std::string next) {
  Finding finding = complaint("seed-header", std::move(message), file, 1);
  finding.next = std::move(next);
  return finding;
}

/// Why it is no header; empty when it is one.
std::string wrong_with(const std::vector<DataColumn>& columns) {
  std::set<std::string> names;
  for (const DataColumn& column : columns) {
    if (column.name.empty()) return "a column of the header has no name";
    // \copy is a command of one line.
    if (column.name.find_first_of("\r\n") != std::string::npos)
      return "the name of a column goes over several lines";
    if (!names.insert(column.name).second)
      return fmt::format("the header names the column {} twice", column.name);
  }
  return {};
}

/// Of the columns.
std::vector<std::string> names_in(const DataRows& rows, const std::string& file,
                                  std::vector<Finding>& findings) {
  const Content& text = rows.text;
  if (!text.empty() && rows.format == DataFormat::json_lines)
    return read_json_keys(rows, file, findings);
  auto header = read_csv_header(text.view(), rows.format == DataFormat::tsv ? '\t' : ',');
  if (!text.empty() && header) return std::move(*header);
  findings.push_back(
      bad_header(file, text.empty() ? file + " is empty" : "a quote of the header is not closed",
                 "the first line names the columns: id,name"));
  return {};
}

}  // namespace

std::optional<DataFileName> read_data_file_name(std::string_view file_name) {
  constexpr auto kEndings =
      std::to_array<std::pair<std::string_view, DataFormat>>({{".csv", DataFormat::csv},
                                                              {".tsv", DataFormat::tsv},
                                                              {".jsonl", DataFormat::json_lines},
                                                              {".ndjson", DataFormat::json_lines},
                                                              {".json", DataFormat::json},
                                                              {".toml", DataFormat::toml}});
  constexpr std::string_view packed = ".gz";
  const bool is_gzipped = file_name.ends_with(packed);
  if (is_gzipped) file_name.remove_suffix(packed.size());
  const auto ending = std::ranges::find_if(
      kEndings, [&](const auto& one) { return file_name.ends_with(one.first); });
  if (ending == kEndings.end()) return std::nullopt;
  file_name.remove_suffix(ending->first.size());
  const std::size_t number = file_name.find_first_not_of(kDigits);
  if (number != std::string_view::npos && number > 0 && file_name[number] == '_')
    file_name.remove_prefix(number + 1);
  if (file_name.empty()) return std::nullopt;
  return DataFileName{
      .table = std::string(file_name), .format = ending->second, .is_gzipped = is_gzipped};
}

std::optional<Part> make_data_seed(const std::string& table, std::string file, DataRows rows,
                                   const SeedOptions& options, std::vector<Finding>& findings) {
  const std::size_t before = findings.size();
  const std::vector<std::string> names = names_in(rows, file, findings);
  if (findings.size() > before) return std::nullopt;
  std::vector<DataColumn> columns;
  for (const std::string& field : names) columns.push_back(column_of(field));
  if (std::string wrong = wrong_with(columns); !wrong.empty()) {
    findings.push_back(bad_header(file, std::move(wrong), "each column once, by its name"));
    return std::nullopt;
  }
  DataSeedTexts texts = data_seed_texts(
      {.table = table, .columns = std::move(columns), .format = rows.format, .options = options});
  Part part{.file = file,
            .text = std::move(texts.script),
            .table = table,
            .row_check = std::move(texts.row_check),
            .row_search = std::move(texts.row_search)};
  part.included.push_back({.file = std::move(file),
                           .text = std::move(rows.text),
                           .is_data = true,
                           .lines = std::move(rows.lines)});
  part.directives.run = options.mode == SeedMode::once ? RunPolicy::once : RunPolicy::on_change;
  part.directives.after = options.after;
  if (options.needed_version) part.directives.needed_version = options.needed_version->number;
  CommandReader reader(part, [](const IncludeRequest&) { return IncludeAnswer{.text = 1}; });
  while (const auto command = reader.next())
    if (command->is_sent()) ++part.statement_count;
  part.links = reader.new_links();
  part.long_data = reader.new_long_data();
  for (Finding& finding : reader.findings()) findings.push_back(std::move(finding));
  return part;
}

Checksums checksums_of_data(const Content& text, const SeedOptions& options) {
  Sha256 hash;
  hash.add(options.canonical());
  for_each_piece(text, [&](std::string_view piece, std::size_t) { hash.add(piece); });
  const std::string digits = hash.digits();
  return {.bytes = digits, .canonical = digits};
}

}  // namespace migrator
