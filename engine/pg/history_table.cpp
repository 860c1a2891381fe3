#include "engine/pg/history_table.h"
#include "engine/pg/quote.h"

#include <fmt/format.h>

#include "engine/base/build.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/pg/history_fields.h"
#include "engine/pg/script.h"
#include "engine/plan/resume.h"
#include "engine/project/part.h"

namespace migrator {
namespace {

Field version_field(const std::optional<Version>& version) {
  return version ? Field(to_string(*version)) : std::nullopt;
}

std::vector<std::string> journal_field(const Step& step) {
  return step.is_whole() ? std::vector<std::string>{}
                         : journal_of(*step.part, step.segments, step.action);
}

/// A row written by hand may have no run.
Field previous_run_field(const Step& step) {
  return step.previous_run && !step.previous_run->empty() ? step.previous_run : std::nullopt;
}

[[noreturn]] void throw_taken_over(const Step& step) {
  throw Error(ErrorKind::migration,
              {.id = "taken-over",
               .message = fmt::format("the history row of {} was taken over by another run",
                                      step.part->file),
               .next = "migrator status shows where it stands"});
}

}  // namespace

HistoryTable::HistoryTable(std::string schema, std::string table)
    : schema_(std::move(schema)),
      table_(std::move(table)),
      qualified_(quote_name(schema_) + "." + quote_name(table_)) {}

bool HistoryTable::begin(Connection& connection, const Step& step, const Runner& runner) const {
  std::vector<Field> fields{step.id,
                            std::string(to_text(step.kind)),
                            version_field(step.version),
                            step.name,
                            step.checksums.bytes,
                            step.checksums.canonical,
                            std::to_string(step.first_statement),
                            std::to_string(step.part->statement_count),
                            array_of(journal_field(step)),
                            runner.application_host,
                            std::string(program_version()),
                            runner.run_id,
                            step.down ? Field(standing_alone(*step.down)) : std::nullopt,
                            kept_text_of(*step.part)};
  if (step.previous_run) fields.push_back(previous_run_field(step));
  const std::string sql =
      step.previous_run
          ? fmt::format(
                "UPDATE {} SET kind = $2, version = $3, name = $4, state = 'started', "
                "checksum = $5, canonical_checksum = $6, statements_done = $7, "
                "statements_total = $8, journal = $9::text[], "
                "started_at = pg_catalog.clock_timestamp(), finished_at = NULL, duration = NULL, "
                "applied_by = current_user, application_host = $10, migrator_version = $11, "
                "run_id = $12, down_sql = $13, applied_sql = $14 "
                "WHERE id = $1 AND run_id IS NOT DISTINCT FROM $15::uuid RETURNING 1",
                qualified_)
          : fmt::format(
                "INSERT INTO {} (id, kind, version, name, state, checksum, canonical_checksum, "
                "statements_done, statements_total, journal, application_host, migrator_version, "
                "run_id, down_sql, applied_sql) "
                "VALUES ($1, $2, $3, $4, 'started', $5, $6, $7, $8, $9::text[], $10, $11, $12, "
                "$13, $14) ON CONFLICT (id) DO NOTHING RETURNING 1",
                qualified_);
  return !connection.query(sql, fields).empty();
}

void HistoryTable::advance(Connection& connection, const Step& step, std::size_t statements_done,
                           const Runner& runner) const {
  const std::vector<Field> fields{step.id, std::to_string(statements_done), runner.run_id};
  const auto rows = connection.query(
      fmt::format("UPDATE {} SET statements_done = $2 WHERE id = $1 AND run_id = $3 RETURNING 1",
                  qualified_),
      fields);
  if (rows.empty()) throw_taken_over(step);
}

std::chrono::microseconds HistoryTable::finish(Connection& connection, const Step& step,
                                               const Runner& runner) const {
  const std::vector<Field> fields{step.id, runner.run_id};
  const auto rows = connection.query(
      fmt::format(
          "UPDATE {} SET state = 'applied', statements_done = statements_total, journal = '{{}}', "
          "finished_at = t.now, duration = t.now - started_at "
          "FROM (SELECT pg_catalog.clock_timestamp() AS now) t WHERE id = $1 AND run_id = $2 "
          "RETURNING (extract(epoch FROM duration) * 1000000)::bigint",
          qualified_),
      fields);
  if (rows.empty()) throw_taken_over(step);
  return std::chrono::microseconds(std::stoll(rows[0][0].value_or("0")));
}

void HistoryTable::withdraw(Connection& connection, const Step& step, const Runner& runner) const {
  if (step.action == StepAction::apply) {
    const std::vector<Field> fields{step.id, runner.run_id};
    connection.query(fmt::format("DELETE FROM {} WHERE id = $1 AND run_id = $2", qualified_),
                     fields);
    return;
  }
  const std::vector<Field> fields{step.id, runner.run_id, std::to_string(step.applied_statements)};
  connection.query(fmt::format("UPDATE {} SET state = 'applied', statements_done = $3, "
                               "statements_total = $3, journal = '{{}}', "
                               "started_at = COALESCE(finished_at - duration, started_at) "
                               "WHERE id = $1 AND run_id = $2",
                               qualified_),
                   fields);
}

void HistoryTable::fail(Connection& connection, const Step& step, const Runner& runner) const {
  const std::vector<Field> fields{step.id, runner.run_id};
  connection.query(
      fmt::format("UPDATE {} SET state = 'failed', finished_at = pg_catalog.clock_timestamp() "
                  "WHERE id = $1 AND run_id = $2",
                  qualified_),
      fields);
}

bool HistoryTable::begin_undo(Connection& connection, const Step& step,
                              const Runner& runner) const {
  const std::vector<Field> fields{step.id,
                                  std::to_string(step.first_statement),
                                  std::to_string(step.part->statement_count),
                                  array_of(journal_field(step)),
                                  runner.run_id,
                                  previous_run_field(step)};
  return !connection
              .query(fmt::format("UPDATE {} SET state = 'started', statements_done = $2, "
                                 "statements_total = $3, journal = $4::text[], run_id = $5, "
                                 "started_at = pg_catalog.clock_timestamp() "
                                 "WHERE id = $1 AND run_id IS NOT DISTINCT FROM $6::uuid "
                                 "RETURNING 1",
                                 qualified_),
                     fields)
              .empty();
}

std::chrono::microseconds HistoryTable::finish_undo(Connection& connection,
                                                    const Step& step) const {
  const std::vector<Field> fields{step.id, step.last_undo ? "seed" : ""};
  const auto rows = connection.query(
      fmt::format(
          "DELETE FROM {} WHERE id = $1 OR kind IN ('repeatable', $2) RETURNING id, "
          "(extract(epoch FROM pg_catalog.clock_timestamp() - started_at) * 1000000)::bigint",
          qualified_),
      fields);
  for (const Row& row : rows)
    if (row[0] == step.id) return std::chrono::microseconds(std::stoll(row[1].value_or("0")));
  throw_taken_over(step);
}

void HistoryTable::refresh(Connection& connection, const Refresh& refresh) const {
  const std::vector<Field> fields{refresh.id, refresh.checksums.bytes, refresh.checksums.canonical,
                                  refresh.text};
  connection.query(fmt::format("UPDATE {} SET checksum = $2, applied_sql = $4 "
                               "WHERE id = $1 AND canonical_checksum = $3",
                               qualified_),
                   fields);
}

}  // namespace migrator
