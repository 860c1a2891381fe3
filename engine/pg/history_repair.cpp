#include <fmt/format.h>

#include "engine/base/build.h"
#include "engine/base/error.h"
#include "engine/base/quote.h"
#include "engine/pg/history_table.h"

namespace migrator {

// Every repair writes who, when and why into the row's note, where status --json shows it.

namespace {

constexpr std::string_view kNote =
    "fence = fence + 1, lease_until = NULL, note = pg_catalog.concat_ws(E'\\n', NULLIF(note, ''), "
    "pg_catalog.format('%s by %s: %s', "
    "pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', "
    "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), current_user, $2::text))";

void require_one(const std::vector<Row>& rows, const std::string& id) {
  if (!rows.empty()) return;
  throw Error(ErrorKind::usage, {.id = "unknown-id",
                                 .message = fmt::format("the history has no row {}", id),
                                 .next = "migrator status lists what it has"});
}

}  // namespace

void HistoryTable::mark_applied(Connection& connection, const std::string& id,
                                const std::optional<Refresh>& on_disk,
                                const std::string& reason) const {
  const std::vector<Field> fields{id, reason, on_disk ? Field(on_disk->checksums.bytes) : Field(),
                                  on_disk ? Field(on_disk->checksums.canonical) : Field(),
                                  on_disk ? on_disk->text : Field()};
  require_one(
      connection.query(
          fmt::format("UPDATE {} SET state = 'applied', statements_done = statements_total, "
                      "journal = '{{}}', finished_at = pg_catalog.clock_timestamp(), "
                      "checksum = COALESCE($3, checksum), "
                      "canonical_checksum = COALESCE($4, canonical_checksum), "
                      "applied_sql = CASE WHEN $3 IS NULL THEN applied_sql ELSE $5 END, {} "
                      "WHERE id = $1 RETURNING 1",
                      qualified_, kNote),
          fields),
      id);
}

void HistoryTable::resume_at(Connection& connection, const std::string& id,
                             std::size_t statements_done, const std::vector<std::string>& journal,
                             const std::string& reason) const {
  const std::vector<Field> fields{id, reason, std::to_string(statements_done),
                                  array_literal(journal), std::to_string(journal.size())};
  require_one(connection.query(fmt::format("UPDATE {} SET state = 'failed', statements_done = $3, "
                                           "journal = $4::text[], statements_total = $5, {} "
                                           "WHERE id = $1 AND state <> 'applied' RETURNING 1",
                                           qualified_, kNote),
                               fields),
              id);
}

void HistoryTable::accept_text(Connection& connection, const Refresh& refresh,
                               const std::string& reason) const {
  const std::vector<Field> fields{refresh.id, reason, refresh.checksums.bytes,
                                  refresh.checksums.canonical, refresh.text};
  require_one(connection.query(fmt::format("UPDATE {} SET checksum = $3, canonical_checksum = $4, "
                                           "applied_sql = $5, {} WHERE id = $1 RETURNING 1",
                                           qualified_, kNote),
                               fields),
              refresh.id);
}

void HistoryTable::forget(Connection& connection, const std::string& id) const {
  const std::vector<Field> fields{id};
  require_one(
      connection.query(fmt::format("DELETE FROM {} WHERE id = $1 RETURNING 1", qualified_), fields),
      id);
}

void HistoryTable::record_baseline(Connection& connection, Version version, std::string_view name,
                                   const Checksums& checksums, const std::string& reason,
                                   const Runner& runner) const {
  const std::vector<Field> fields{to_string(version),
                                  to_string(version),
                                  std::string(name),
                                  checksums.bytes,
                                  checksums.canonical,
                                  runner.application_host,
                                  std::string(program_version()),
                                  runner.run_id,
                                  reason};
  connection.query(
      fmt::format("INSERT INTO {} (id, kind, version, name, state, checksum, canonical_checksum, "
                  "finished_at, application_host, migrator_version, run_id, note) VALUES ($1, "
                  "'baseline', $2, $3, 'applied', $4, $5, pg_catalog.clock_timestamp(), $6, $7, "
                  "$8, $9)",
                  qualified_),
      fields);
}

void HistoryTable::record_loaded(Connection& connection, const SchemaVersion& loaded,
                                 const Field& applied, const Field& down, const std::string& note,
                                 const Runner& runner) const {
  const std::vector<Field> fields{loaded.id,
                                  loaded.kind,
                                  loaded.kind == "repeatable" ? Field() : Field(loaded.id),
                                  loaded.name,
                                  loaded.checksums.bytes,
                                  loaded.checksums.canonical,
                                  std::to_string(loaded.statements),
                                  runner.application_host,
                                  std::string(program_version()),
                                  runner.run_id,
                                  note,
                                  applied,
                                  down};
  connection.query(
      fmt::format("INSERT INTO {} (id, kind, version, name, state, checksum, canonical_checksum, "
                  "statements_done, statements_total, finished_at, application_host, "
                  "migrator_version, run_id, note, applied_sql, down_sql) VALUES ($1, $2, $3, $4, "
                  "'applied', $5, $6, $7::integer, $7::integer, pg_catalog.clock_timestamp(), $8, "
                  "$9, $10, $11, $12, $13)",
                  qualified_),
      fields);
}

}  // namespace migrator
