#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/base/error.h"
#include "engine/base/quote.h"
#include "engine/base/text.h"
#include "engine/pg/advisory_lock.h"
#include "engine/pg/history_schema.h"
#include "engine/pg/history_table.h"
#include "engine/pg/script.h"

namespace migrator {
namespace {

constexpr std::string_view kUndefinedTable = "42P01";
constexpr std::string_view kUndefinedColumn = "42703";
constexpr std::string_view kUndefinedSchema = "3F000";
constexpr std::string_view kDuplicateTable = "42P07";
constexpr std::string_view kDuplicateSchema = "42P06";
constexpr std::string_view kUniqueViolation = "23505";
constexpr std::string_view kDuplicateObject = "42710";
constexpr std::string_view kWrongObjectType = "42809";
constexpr std::string_view kInsufficientPrivilege = "42501";

constexpr std::string_view kFacts =
    "SELECT pg_catalog.pg_is_in_recovery() AS in_recovery, "
    "pg_catalog.current_setting('default_transaction_read_only') AS read_only, "
    "pg_catalog.pg_backend_pid() AS process";

std::uint64_t number(const Field& field) {
  std::uint64_t value = 0;
  if (field) std::from_chars(field->data(), field->data() + field->size(), value);
  return value;
}

/// A newer migrator may write what this one has no name for, and must not guess at.
[[noreturn]] void throw_newer(const Row& row, std::string_view word) {
  throw Error(ErrorKind::configuration,
              {.id = "newer-history",
               .message = fmt::format("the history row {} is \"{}\", which this migrator does not "
                                      "know: migrator {} wrote it",
                                      row[2].value_or(""), word, row[17].value_or("")),
               .kept = "nothing was touched",
               .next = "use that version of migrator, or a newer one"});
}

StepKind kind_of(const Row& row) {
  const std::string word = row[3].value_or("");
  for (const StepKind kind :
       {StepKind::versioned, StepKind::repeatable, StepKind::seed, StepKind::baseline})
    if (to_text(kind) == word) return kind;
  throw_newer(row, word);
}

StepState state_of(const Row& row) {
  const std::string word = row[6].value_or("");
  for (const StepState state : {StepState::started, StepState::applied, StepState::failed})
    if (to_text(state) == word) return state;
  throw_newer(row, word);
}

std::vector<std::string> items_of(std::string_view joined) {
  std::vector<std::string> items;
  for (const std::string_view line : split_lines(joined)) items.emplace_back(line);
  return items;
}

AppliedMigration row_of(const Row& row) {
  const auto text = [&](std::size_t i) { return row[i].value_or(""); };
  AppliedMigration applied{.id = text(2),
                           .kind = kind_of(row),
                           .name = text(5),
                           .state = state_of(row),
                           .checksums = {text(7), text(8)},
                           .statements_done = number(row[9]),
                           .statements_total = number(row[10]),
                           .journal = items_of(text(11)),
                           .started_at = text(12),
                           .finished_at = text(13),
                           .applied_by = text(15),
                           .application_host = text(16),
                           .migrator_version = text(17),
                           .run_id = text(18),
                           .fence = number(row[21]),
                           .has_down = text(19) == "t",
                           .note = text(20)};
  if (row[22]) applied.lease_holds = row[22] == "t";
  if (row[4]) applied.version = Version{number(row[4])};
  if (row[14]) applied.duration = std::chrono::microseconds(number(row[14]));
  return applied;
}

ServerFacts facts_of(const Row& row) {
  return {.in_recovery = row[0] == "t",
          .read_only = row[1] == "on",
          .process = static_cast<int>(number(row.back()))};
}

/// Of a history, as a Glance makes it from the files.
std::string digest_sql(const std::string& qualified, bool with_seeds) {
  return fmt::format(
      "(SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(coalesce("
      "pg_catalog.string_agg(id || '|' || kind || '|' || state || '|' || checksum || E'\n', '' "
      "ORDER BY id COLLATE pg_catalog.\"C\"), ''), 'UTF8')), 'hex') FROM {}{})",
      qualified, with_seeds ? "" : " WHERE kind <> 'seed'");
}

/// `digest`, where given, is an expression that is compared with $1.
std::string reading_sql(const std::string& qualified, const std::string& digest = {}) {
  constexpr std::string_view iso = "'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'";
  return fmt::format(
      "SELECT f.in_recovery, f.read_only, h.id, h.kind, h.version, h.name, h.state, h.checksum, "
      "h.canonical_checksum, h.statements_done, h.statements_total, "
      "pg_catalog.array_to_string(h.journal, E'\\n'), "
      "pg_catalog.to_char(h.started_at AT TIME ZONE 'UTC', {0}), "
      "pg_catalog.to_char(h.finished_at AT TIME ZONE 'UTC', {0}), "
      "(extract(epoch FROM h.duration) * 1000000)::bigint, h.applied_by, h.application_host, "
      "h.migrator_version, h.run_id, h.down_sql IS NOT NULL, h.note, h.fence, "
      "CASE h.state WHEN 'started' THEN h.lease_until > pg_catalog.clock_timestamp() END, "
      "f.as_expected, f.process "
      "FROM ({1}, {3} AS as_expected) f LEFT JOIN {2} h ON NOT f.as_expected "
      "ORDER BY h.version NULLS LAST, h.id",
      iso, kFacts, qualified, digest.empty() ? "false" : digest + " = $1");
}

/// A table of that name that could not be read as ours: somebody else's, or of another format.
[[noreturn]] void throw_unreadable(Connection& connection, const std::string& qualified,
                                   const std::string& shown) {
  const std::vector<Field> name{qualified};
  const auto comment =
      connection.query("SELECT pg_catalog.obj_description($1::regclass, 'pg_class')", name);
  const auto rows = connection.query(
      "SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 "
      "AND NOT attisdropped ORDER BY attname",
      name);
  std::vector<std::string> columns;
  std::string listed;
  for (const Row& row : rows) {
    columns.push_back(row[0].value_or(""));
    listed += (listed.empty() ? "" : ", ") + columns.back();
  }
  if (history_format_of(comment.at(0).at(0).value_or("")) > 0)
    throw Error(
        ErrorKind::configuration,
        {.id = "history-damaged",
         .message = fmt::format("the history table {} lacks columns", shown),
         .detail = "it has: " + listed,
         .next = "bring the table back as FORMATS.md describes it; it was changed by hand"});
  const std::string tool = tool_of_columns(columns);
  throw Error(
      ErrorKind::configuration,
      {.id = "foreign-history-table",
       .message = fmt::format("the table {} is not migrator's{}", shown,
                              tool.empty() ? "" : ": it looks like that of " + tool),
       .detail = "it has the columns: " + listed,
       .kept = "nothing was touched",
       .next =
           "give migrator a table of its own ([migrations] table = \"migrator_migrations\" in "
           "migrator.toml), then mark what the database has already: migrator baseline VERSION"});
}

[[noreturn]] void throw_newer_format(const std::string& shown, int format) {
  throw Error(ErrorKind::configuration,
              {.id = "newer-history",
               .message = fmt::format("the history table {} has format {}, and this migrator knows "
                                      "formats up to {}",
                                      shown, format, kHistoryFormat),
               .kept = "nothing was touched",
               .next = "use the version of migrator that made it, or a newer one"});
}

[[noreturn]] void throw_forbidden(const Connection& connection, const Error& error,
                                  const std::string& schema, const std::string& qualified) {
  Finding finding = error.finding();
  finding.message = "cannot read the history table: " + finding.message;
  finding.kept = "nothing was touched";
  finding.next = fmt::format(
      "let its owner run: GRANT USAGE ON SCHEMA {0} TO {2}; GRANT SELECT, INSERT, UPDATE, DELETE "
      "ON {1} TO {2}; or run migrator as the role that made the table",
      quote_name(schema), qualified, quote_name(connection.user()));
  throw Error(error.kind(), finding);
}

}  // namespace

HistoryReading HistoryTable::read(Connection& connection,
                                  const std::optional<ExpectedHistory>& expected) const {
  HistoryReading reading;
  const Query query =
      expected ? Query{.sql = reading_sql(qualified_, digest_sql(qualified_, expected->with_seeds)),
                       .parameters = {expected->digest}}
               : Query{.sql = reading_sql(qualified_)};
  try {
    const auto rows = connection.query(query);
    reading.history.exists = true;
    reading.server = facts_of(rows.at(0));
    reading.as_expected = rows[0][23] == "t";
    for (const Row& row : rows)
      if (row[2]) reading.history.rows.push_back(row_of(row));
    return reading;
  } catch (const Error& error) {
    const std::string& state = error.finding().sqlstate;
    if (state == kInsufficientPrivilege) throw_forbidden(connection, error, schema_, qualified_);
    if (state == kUndefinedColumn || state == kWrongObjectType)
      throw_unreadable(connection, qualified_, schema_ + "." + table_);
    if (state != kUndefinedTable && state != kUndefinedSchema) throw;
  }
  const std::vector<Field> schema{schema_};
  const Row facts = connection
                        .query(fmt::format("SELECT f.in_recovery, f.read_only, EXISTS (SELECT FROM "
                                           "pg_catalog.pg_namespace WHERE nspname = $1), f.process "
                                           "FROM ({}) f",
                                           kFacts),
                               schema)
                        .at(0);
  reading.server = facts_of(facts);
  reading.server.has_schema = facts[2] == "t";
  return reading;
}

std::int64_t HistoryTable::lock_key(const Connection& connection) const {
  return AdvisoryLock::key_of(connection.database(), schema_, table_);
}

std::string HistoryTable::premise(Connection& connection) const {
  const auto rows = connection.query(fmt::format(
      "SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(coalesce("
      "pg_catalog.string_agg(id || '|' || state || '|' || fence || '|' || coalesce(run_id::text, "
      "'')"
      " || E'\n', '' ORDER BY id COLLATE pg_catalog.\"C\"), ''), 'UTF8')), 'hex') FROM {}",
      qualified_));
  return rows.at(0).at(0).value_or("");
}

std::map<std::string, std::string> HistoryTable::applied_texts(
    Connection& connection, std::span<const std::string> ids) const {
  std::map<std::string, std::string> texts;
  for (const std::string& id : ids) {
    const std::vector<Field> fields{id};
    const auto rows = connection.query(
        fmt::format("SELECT applied_sql FROM {} WHERE id = $1", qualified_), fields);
    if (!rows.empty() && rows[0][0]) texts[id] = *rows[0][0];
  }
  return texts;
}

std::map<std::string, std::string> HistoryTable::down_texts(Connection& connection) const {
  std::map<std::string, std::string> texts;
  const auto rows = connection.query(
      fmt::format("SELECT id, down_sql FROM {} WHERE down_sql IS NOT NULL", qualified_));
  for (const Row& row : rows) texts[row[0].value_or("")] = row[1].value_or("");
  return texts;
}

void HistoryTable::ensure(Connection& connection, const ServerFacts& seen) const {
  constexpr int tries = 3;
  if (seen.has_schema && bring_up_to_date(connection, {.schema = *seen.has_schema}, true)) return;
  for (int attempt = 1; !bring_up_to_date(connection, find(connection), attempt < tries);
       ++attempt) {
  }
}

/// False when another migrator was doing the same at the same moment: look again.
bool HistoryTable::bring_up_to_date(Connection& connection, const Found& found,
                                    bool may_look_again) const {
  if (found.format > kHistoryFormat) throw_newer_format(schema_ + "." + table_, found.format);
  if (found.format == kHistoryFormat) return true;
  std::string sql = "BEGIN;\n";
  if (!found.schema) sql += "CREATE SCHEMA " + quote_name(schema_) + ";\n";
  for (int format = found.format; format < kHistoryFormat; ++format)
    sql += history_step_sql(qualified_, format);
  try {
    run_command(connection, sql + "COMMIT;");
    return true;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::connection) throw;
    run_command(connection, "ROLLBACK");
    const std::string& state = error.finding().sqlstate;
    const bool raced = state == kDuplicateTable || state == kDuplicateObject ||
                       state == kUniqueViolation || state == kDuplicateSchema;
    if (raced && may_look_again) return false;
    throw_not_made(connection, error, found.schema);
  }
}

HistoryTable::Found HistoryTable::find(Connection& connection) const {
  const std::vector<Field> names{qualified_, schema_};
  const auto rows = connection.query(
      "SELECT pg_catalog.to_regclass($1) IS NOT NULL, "
      "EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $2), "
      "pg_catalog.obj_description(pg_catalog.to_regclass($1), 'pg_class')",
      names);
  const Row& row = rows.at(0);
  Found found{.schema = row.at(1) == "t", .format = history_format_of(row.at(2).value_or(""))};
  // Reading it found our columns; a dump without comments lost the rest.
  if (row.at(0) == "t" && found.format == 0) found.format = kHistoryFormat;
  return found;
}

[[noreturn]] void HistoryTable::throw_not_made(const Connection& connection, const Error& error,
                                               bool has_schema) const {
  Finding finding = error.finding();
  finding.message =
      fmt::format("cannot create the history table {}.{}: {}", schema_, table_, finding.message);
  if (finding.sqlstate == kInsufficientPrivilege)
    finding.next = fmt::format(
        "let an owner run: GRANT {} TO {}; or choose another schema ([migrations] schema)",
        has_schema ? "USAGE, CREATE ON SCHEMA " + quote_name(schema_)
                   : "CREATE ON DATABASE " + quote_name(connection.database()),
        quote_name(connection.user()));
  throw Error(error.kind(), finding);
}

}  // namespace migrator
