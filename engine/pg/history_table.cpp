#include "engine/pg/history_table.h"

#include <fmt/format.h>

#include "engine/base/build.h"
#include "engine/base/error.h"
#include "engine/base/quote.h"
#include "engine/base/text.h"
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

/// What a row must still be to be taken over. A row written by hand may have no run.
void add_seen(std::vector<Field>& fields, const RowSeen& row) {
  fields.push_back(row.run_id.empty() ? Field() : Field(row.run_id));
  fields.push_back(std::to_string(row.fence));
  fields.push_back(std::to_string(row.statements_done));
}

Field lease_field(const Lease& lease) {
  return lease ? Field(std::to_string(lease->count())) : std::nullopt;
}

/// $1, $2 and $3 of what only the run that has the row may write.
std::vector<Field> owner_fields(const Step& step, const Runner& runner) {
  return {step.id, runner.run_id, std::to_string(step.fence())};
}

/// So many milliseconds from now; no number, no lease.
std::string lease_sql(std::string_view parameter) {
  return fmt::format("pg_catalog.clock_timestamp() + {}::bigint * interval '1 millisecond'",
                     parameter);
}

/// In microseconds; what is no number, and an error for that, where there is no such row.
constexpr std::string_view kDurationOfOwn =
    "SELECT coalesce((SELECT (extract(epoch FROM duration) * 1000000)::bigint::text FROM own), "
    "'the row is gone')::bigint";
constexpr std::string_view kNoNumber = "22P02";

/// $1 to $16 of a row that is new, or as new.
std::vector<Field> new_fields(const Step& step, const Runner& runner, const Lease& lease) {
  return {step.id,
          std::string(to_text(step.kind)),
          version_field(step.version),
          step.name,
          step.checksums.bytes,
          step.checksums.canonical,
          std::to_string(step.first_statement),
          std::to_string(step.part->statement_count),
          array_literal(journal_field(step)),
          runner.application_host,
          std::string(program_version()),
          runner.run_id,
          step.down ? Field(standing_alone(*step.down)) : std::nullopt,
          kept_text_of(*step.part),
          std::to_string(step.fence()),
          lease_field(lease)};
}

constexpr std::string_view kOwned = "id = $1 AND run_id = $2 AND fence = $3";

}  // namespace

Error taken_over(const Step& step) {
  return Error(ErrorKind::migration,
               {.id = "taken-over",
                .message = fmt::format("the history row of {} was taken over by another run",
                                       step.part->file),
                .next = "migrator status shows where it stands"});
}

HistoryTable::HistoryTable(std::string schema, std::string table)
    : schema_(std::move(schema)),
      table_(std::move(table)),
      qualified_(quote_name(schema_) + "." + quote_name(table_)) {}

Query HistoryTable::beginning(const Step& step, const Runner& runner, const Lease& lease) const {
  if (step.action == StepAction::undo) return beginning_undo(step, runner, lease);
  if (!step.previous) return insertion(step, runner, lease, "ON CONFLICT (id) DO NOTHING");
  std::vector<Field> fields = new_fields(step, runner, lease);
  add_seen(fields, *step.previous);
  return {.sql = fmt::format(
              "UPDATE {} SET kind = $2, version = $3, name = $4, state = 'started', "
              "checksum = $5, canonical_checksum = $6, statements_done = $7, "
              "statements_total = $8, journal = $9::text[], "
              "started_at = pg_catalog.clock_timestamp(), finished_at = NULL, duration = NULL, "
              "applied_by = current_user, application_host = $10, migrator_version = $11, "
              "run_id = $12, down_sql = $13, applied_sql = $14, fence = $15, "
              "lease_until = {} WHERE id = $1 AND run_id IS NOT DISTINCT FROM $17::uuid "
              "AND fence = $18 AND statements_done = $19 RETURNING 1",
              qualified_, lease_sql("$16")),
          .parameters = std::move(fields)};
}

Query HistoryTable::insertion(const Step& step, const Runner& runner, const Lease& lease,
                              std::string_view on_conflict) const {
  return {.sql = fmt::format(
              "INSERT INTO {} (id, kind, version, name, state, checksum, canonical_checksum, "
              "statements_done, statements_total, journal, application_host, migrator_version, "
              "run_id, down_sql, applied_sql, fence, lease_until) "
              "VALUES ($1, $2, $3, $4, 'started', $5, $6, $7, $8, $9::text[], $10, $11, $12, "
              "$13, $14, $15, {}) {} RETURNING 1",
              qualified_, lease_sql("$16"), on_conflict),
          .parameters = new_fields(step, runner, lease)};
}

Query HistoryTable::inserting(const Step& step, const Runner& runner) const {
  return insertion(step, runner, std::nullopt, "");
}

Query HistoryTable::flushing(const std::string& id) const {
  return {.sql = fmt::format("UPDATE {} SET state = state WHERE id = $1", qualified_),
          .parameters = {id}};
}

bool HistoryTable::begin(Connection& connection, const Step& step, const Runner& runner,
                         const Lease& lease) const {
  return !connection.query(beginning(step, runner, lease)).empty();
}

bool HistoryTable::is_done(Connection& connection, const Step& step) const {
  const std::vector<Field> fields{step.id, step.checksums.canonical};
  const auto rows = connection.query(
      fmt::format("SELECT state = 'applied' AND canonical_checksum = $2 FROM {} WHERE id = $1",
                  qualified_),
      fields);
  if (step.action == StepAction::undo) return rows.empty();
  return !rows.empty() && rows[0][0] == "t";
}

bool HistoryTable::is_of_another(Connection& connection, const Step& step,
                                 const Runner& runner) const {
  const std::vector<Field> fields{step.id, runner.run_id};
  const auto rows = connection.query(
      fmt::format("SELECT run_id IS DISTINCT FROM $2::uuid FROM {} WHERE id = $1", qualified_),
      fields);
  return !rows.empty() && rows[0][0] == "t";
}

bool HistoryTable::renew(Connection& connection, const Step& step, const Runner& runner,
                         const Lease& lease) const {
  std::vector<Field> fields = owner_fields(step, runner);
  fields.push_back(lease_field(lease));
  return !connection
              .query(fmt::format("UPDATE {} SET lease_until = {} WHERE {} RETURNING 1", qualified_,
                                 lease_sql("$4"), kOwned),
                     fields)
              .empty();
}

void HistoryTable::advance(Connection& connection, const Step& step, std::size_t statements_done,
                           const Runner& runner) const {
  std::vector<Field> fields = owner_fields(step, runner);
  fields.push_back(std::to_string(statements_done));
  const auto rows = connection.query(
      fmt::format("UPDATE {} SET statements_done = $4 WHERE {} RETURNING 1", qualified_, kOwned),
      fields);
  if (rows.empty()) throw taken_over(step);
}

Query HistoryTable::finishing(const Step& step, const Runner& runner) const {
  if (step.action == StepAction::undo) return finishing_undo(step, runner);
  return {.sql = fmt::format(
              "WITH own AS (UPDATE {} SET state = 'applied', statements_done = statements_total, "
              "journal = '{{}}', finished_at = t.now, duration = t.now - started_at, "
              "lease_until = NULL FROM (SELECT pg_catalog.clock_timestamp() AS now) t WHERE {} "
              "RETURNING duration) {}",
              qualified_, kOwned, kDurationOfOwn),
          .parameters = owner_fields(step, runner)};
}

std::chrono::microseconds HistoryTable::finished(std::span<const Row> rows) {
  return std::chrono::microseconds(std::stoll(rows[0][0].value_or("0")));
}

Error HistoryTable::not_finished(const Step& step, const Error& error) {
  return error.finding().sqlstate == kNoNumber ? taken_over(step) : error;
}

std::chrono::microseconds HistoryTable::finish(Connection& connection, const Step& step,
                                               const Runner& runner) const {
  try {
    return finished(connection.query(finishing(step, runner)));
  } catch (const Error& error) {
    throw not_finished(step, error);
  }
}

void HistoryTable::withdraw(Connection& connection, const Step& step, const Runner& runner) const {
  std::vector<Field> fields = owner_fields(step, runner);
  if (step.action == StepAction::apply) {
    connection.query(fmt::format("DELETE FROM {} WHERE {}", qualified_, kOwned), fields);
    return;
  }
  fields.push_back(std::to_string(step.applied_statements));
  connection.query(fmt::format("UPDATE {} SET state = 'applied', statements_done = $4, "
                               "statements_total = $4, journal = '{{}}', lease_until = NULL, "
                               "started_at = COALESCE(finished_at - duration, started_at) "
                               "WHERE {}",
                               qualified_, kOwned),
                   fields);
}

void HistoryTable::fail(Connection& connection, const Step& step, const Runner& runner) const {
  connection.query(fmt::format("UPDATE {} SET state = 'failed', lease_until = NULL, "
                               "finished_at = pg_catalog.clock_timestamp() WHERE {}",
                               qualified_, kOwned),
                   owner_fields(step, runner));
}

Query HistoryTable::beginning_undo(const Step& step, const Runner& runner,
                                   const Lease& lease) const {
  std::vector<Field> fields{step.id,
                            std::to_string(step.first_statement),
                            std::to_string(step.part->statement_count),
                            array_literal(journal_field(step)),
                            runner.run_id,
                            std::to_string(step.fence()),
                            lease_field(lease)};
  add_seen(fields, step.previous.value_or(RowSeen{}));
  return {.sql = fmt::format("UPDATE {} SET state = 'started', statements_done = $2, "
                             "statements_total = $3, journal = $4::text[], run_id = $5, "
                             "started_at = pg_catalog.clock_timestamp(), fence = $6, "
                             "lease_until = {} "
                             "WHERE id = $1 AND run_id IS NOT DISTINCT FROM $8::uuid "
                             "AND fence = $9 AND statements_done = $10 RETURNING 1",
                             qualified_, lease_sql("$7")),
          .parameters = std::move(fields)};
}

Query HistoryTable::finishing_undo(const Step& step, const Runner& runner) const {
  std::vector<Field> fields = owner_fields(step, runner);
  fields.emplace_back(step.last_undo ? "seed" : "");
  return {.sql = fmt::format(
              "WITH gone AS (DELETE FROM {0} WHERE {1} RETURNING started_at), "
              "others AS (DELETE FROM {0} WHERE id <> $1 AND kind IN ('repeatable', $4) "
              "AND EXISTS (SELECT FROM gone)), "
              "own AS (SELECT pg_catalog.clock_timestamp() - started_at AS duration FROM gone) {2}",
              qualified_, kOwned, kDurationOfOwn),
          .parameters = std::move(fields)};
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
