#include "engine/project/data_seed_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "engine/base/quote.h"
#include "engine/project/data_seed_blocks.h"
#include "engine/project/data_seed_search.h"

namespace migrator {
namespace {

constexpr std::string_view kNumbered =
    "(select *, row_number() over () as migrator_row from pg_temp.migrator_seed)";

std::string array_sql(const std::vector<std::string>& values) {
  std::string items;
  for (const std::string& value : values)
    items += (items.empty() ? "" : ", ") + quote_literal(value);
  return fmt::format("array[{}]::text[]", items);
}

std::string declarations_of(const DataLoad& load) {
  std::vector<std::string> names, ref_tables, ref_columns;
  for (const DataColumn& column : load.columns) {
    names.push_back(column.name);
    ref_tables.push_back(column.reference_table);
    ref_columns.push_back(column.reference_column);
  }
  const SeedOptions& options = load.options;
  // To put a reference's value in, rows are written anew, and their order is lost.
  const bool has_references = std::ranges::any_of(
      load.columns, [](const DataColumn& column) { return !column.reference_table.empty(); });
  return fmt::format(
      fmt::runtime(seed_declarations()), fmt::arg("table", quote_literal(load.table)),
      fmt::arg("names", array_sql(names)), fmt::arg("ref_tables", array_sql(ref_tables)),
      fmt::arg("ref_columns", array_sql(ref_columns)), fmt::arg("key", array_sql(options.key)),
      fmt::arg("keep", array_sql(options.keep)),
      fmt::arg("mode", quote_literal(to_text(options.mode))),
      fmt::arg("filter", quote_literal(options.filter.empty() ? "true" : options.filter)),
      fmt::arg("share", options.delete_share), fmt::arg("triggers", options.triggers),
      fmt::arg("hides_old", options.variables),
      fmt::arg("cascade", options.cascade ? " cascade" : ""),
      fmt::arg("straight", !has_references && load.format != DataFormat::json_lines),
      fmt::arg("order", quote_literal(has_references ? "migrator_row" : "ctid")),
      fmt::arg("numbered", quote_literal(has_references ? kSeedTable : kNumbered)));
}

/// As one DO, quoted by what stands nowhere in it.
std::string block(std::string_view text) {
  std::string tag = "$migrator$";
  for (int i = 1; text.find(tag) != std::string_view::npos; ++i)
    tag = fmt::format("$migrator_{}$", i);
  return fmt::format("do {0}{1}\n{0};\n", tag, text);
}

/// Each line is one field: no JSON holds the characters that would end or quote it.
std::string json_lines_script(const DataLoad& load, const std::string& columns) {
  std::string line = "n.line", values;
  // As json, what is written in a column of json stays as it is written.
  std::string_view type = "json";
  for (const DataColumn& column : load.columns) {
    values += (values.empty() ? "r." : ", r.") + quote_name(column.name);
    if (column.reference_table.empty()) continue;
    const std::string key =
        fmt::format("{}@{}.{}", column.name, column.reference_table, column.reference_column);
    type = "jsonb";
    line += fmt::format(" || jsonb_build_object({}, n.line -> {})", quote_literal(column.name),
                        quote_literal(key));
  }
  const std::string read =
      fmt::format(fmt::runtime(seed_read_lines()), fmt::arg("columns", columns),
                  fmt::arg("values", values), fmt::arg("line", line), fmt::arg("json", type));
  return fmt::format(
      "create temp table migrator_lines (line {} not null, number bigint generated always as "
      "identity) on commit drop;\n"
      "\\copy pg_temp.migrator_lines (line) from 'rows' with (format csv, delimiter E'\\x01', "
      "quote E'\\x02')\n{}",
      type, block(read));
}

std::string csv_script(const DataLoad& load, const std::string& columns) {
  std::string options(kWithHeader);
  if (load.format == DataFormat::tsv) options += ", delimiter E'\\t'";
  if (load.options.null) options += ", null " + quote_literal(*load.options.null);
  return fmt::format("\\copy pg_temp.migrator_seed ({}) from 'rows' with ({})\n", columns, options);
}

}  // namespace

DataSeedTexts data_seed_texts(const DataLoad& load) {
  const std::string declarations = declarations_of(load);
  std::string columns;
  for (const DataColumn& column : load.columns)
    columns += (columns.empty() ? "" : ", ") + quote_name(column.name);
  const std::string rows = load.format == DataFormat::json_lines ? json_lines_script(load, columns)
                                                                 : csv_script(load, columns);
  DataSeedTexts texts;
  texts.script = fmt::format("set local client_min_messages = notice;\n{}{}{}",
                             block(declarations + std::string(seed_prepare())), rows,
                             block(declarations + std::string(seed_merge())));
  if (load.format != DataFormat::json_lines)
    texts.row_check = block(declarations + std::string(seed_row_check()));
  texts.row_search = block(declarations + std::string(seed_row_search()));
  return texts;
}

}  // namespace migrator
