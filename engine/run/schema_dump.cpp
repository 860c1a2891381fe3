#include "engine/run/schema_dump.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/run/look.h"
#include "engine/sql/canonical_schema.h"

namespace migrator {
namespace {

std::vector<SchemaVersion> versions_of(const History& history) {
  std::vector<SchemaVersion> versions;
  for (const AppliedMigration& row : history.rows) {
    if (row.kind == StepKind::seed) continue;
    if (row.state != StepState::applied)
      throw Error(ErrorKind::migration,
                  {.id = "half-done",
                   .message = fmt::format(
                       "{} is half done, or being run: the schema is that of no "
                       "version",
                       row.kind == StepKind::repeatable ? row.id : row.id + "_" + row.name),
                   .kept = "nothing was written",
                   .next = "migrator status tells; finish it with migrator up"});
    versions.push_back({.kind = std::string(to_text(row.kind)),
                        .id = row.id,
                        .name = row.name,
                        .statements = row.statements_total,
                        .checksums = row.checksums});
  }
  return versions;
}

}  // namespace

std::string dump_schema(Connection& connection, const HistoryTable& table, PgDumpOptions options,
                        Observer& observer, const std::stop_token& stop) {
  constexpr int tries = 5;
  require_supported(connection.server_version());
  options.server_version = connection.server_version();
  options.left_out_schema = table.schema();
  options.left_out_table = table.table();
  for (int attempt = 0; attempt < tries; ++attempt) {
    const auto before = versions_of(table.read(connection).history);
    const PgDumpResult dumped = run_pg_dump(options, stop);
    // A migration that was applied meanwhile may be in one of the two alone.
    if (before != versions_of(table.read(connection).history)) continue;
    for (const std::string_view line : split_lines(dumped.warnings)) observer.waiting(line);
    return schema_file(canonical_schema(dumped.text), before);
  }
  throw Error(ErrorKind::lock, {.id = "lock-timeout",
                                .message = "migrations are being applied all the while",
                                .kept = "nothing was written",
                                .next = "dump the schema when they are done"});
}

}  // namespace migrator
