#include <fmt/format.h>

#include <filesystem>

#include "cmd/commands.h"
#include "cmd/open.h"
#include "cmd/print.h"
#include "cmd/write_file.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/pg/table_export.h"
#include "engine/pg/table_sizes.h"
#include "engine/project/data_seed.h"
#include "engine/report/exit_code.h"
#include "engine/report/stats_json.h"
#include "engine/run/look.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

ExportFormat format_of(const std::string& output) {
  if (output.empty()) return ExportFormat::csv;
  const auto name = read_data_file_name(fs::path(output).filename().native());
  if (name && !name->is_gzipped && name->format == DataFormat::csv) return ExportFormat::csv;
  if (name && !name->is_gzipped && name->format == DataFormat::json_lines)
    return ExportFormat::json_lines;
  throw Error(ErrorKind::usage, {.id = "usage",
                                 .message = fmt::format("{} is no file to export to", output),
                                 .next = "name it after the table: users.csv or users.jsonl"});
}

TableExport export_of(const Arguments& arguments) {
  return {.table = arguments.subject,
          .columns = arguments.columns,
          .references = arguments.references,
          .where = arguments.where,
          .format = format_of(arguments.output)};
}

}  // namespace

int command_seed_export(const World& world) {
  const Arguments& arguments = world.arguments;
  const TableExport what = export_of(arguments);
  if (arguments.output.empty() && arguments.json)
    throw Error(ErrorKind::usage, {.id = "usage",
                                   .message = "with --json, the rows need a file",
                                   .next = "name one with --output"});
  const Config config = settle_config(world);
  Progress progress(world.terminal, world.verbosity());
  const DatabaseUrl url = reachable_url(world, config, progress);
  Connection connection = Connection::open(url, connect_options(config), world.stop);
  if (arguments.output.empty()) {
    const auto write = [](std::string_view rows) {
      if (!write_out(rows)) throw unwritable();
    };
    export_table(connection, what, write, world.stop);
    return 0;
  }
  NewFile file(arguments.output);
  const auto write = [&](std::string_view rows) { file.add(rows); };
  const std::uint64_t rows = export_table(connection, what, write, world.stop);
  file.keep();
  FactsReport report{.head = {arguments.command, config.environment.value,
                              facts_of(connection, config.url->value)},
                     .sentence = fmt::format("{} of {} written to {}", counted(rows, "row"),
                                             what.table, arguments.output),
                     .facts = {{"table", what.table},
                               {"rows", static_cast<std::int64_t>(rows)},
                               {"file", arguments.output}}};
  return print(world, report);
}

int command_stats_export(const World& world) {
  const Arguments& arguments = world.arguments;
  const Config config = settle_config(world);
  Progress progress(world.terminal, world.verbosity());
  const DatabaseUrl url = reachable_url(world, config, progress);
  Connection connection = Connection::open(url, connect_options(config), world.stop);
  require_supported(connection.server_version());
  const DatabaseStats stats = read_stats(connection);
  if (arguments.output.empty()) return give(to_json(stats), kDone);
  write_new(arguments.output, to_json(stats));
  const std::size_t count = stats.tables.size();
  return print(world,
               FactsReport{.head = {arguments.command, config.environment.value,
                                    facts_of(connection, config.url->value)},
                           .sentence = fmt::format("sizes of {} written to {}",
                                                   counted(count, "table"), arguments.output),
                           .facts = {{"tables", static_cast<std::int64_t>(count)},
                                     {"file", arguments.output}}});
}

}  // namespace migrator
