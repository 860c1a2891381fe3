#include "engine/pg/history_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace migrator {
namespace {

constexpr std::string_view kComment = "migrator history, format ";

constexpr std::string_view kColumns = R"(
  id                 text        PRIMARY KEY,
  kind               text        NOT NULL CHECK (kind IN ('versioned', 'repeatable', 'seed', 'baseline')),
  version            bigint      CHECK (version >= 0),
  name               text        NOT NULL,
  state              text        NOT NULL CHECK (state IN ('started', 'applied', 'failed')),
  checksum           text        NOT NULL,
  canonical_checksum text        NOT NULL,
  statements_done    integer     NOT NULL DEFAULT 0,
  statements_total   integer     NOT NULL DEFAULT 0,
  journal            text[]      NOT NULL DEFAULT '{}',
  started_at         timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  finished_at        timestamptz,
  duration           interval,
  applied_by         text        NOT NULL DEFAULT current_user,
  application_host   text        NOT NULL DEFAULT '',
  migrator_version   text        NOT NULL,
  run_id             uuid,
  fence              bigint      NOT NULL DEFAULT 1,
  lease_until        timestamptz,
  down_sql           text,
  applied_sql        text,
  note               text        NOT NULL DEFAULT ''
)";

constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kColumnComments{{
    {"id",
     "What can be applied only once: the version, R__name of a repeatable, seed/path of a seed"},
    {"kind", "versioned, repeatable, seed or baseline"},
    {"version", "The number that the file name begins with; null for repeatables and seeds"},
    {"name", "The name behind the version, or the path of the seed"},
    {"state",
     "applied; started: running, or left by a migrator that died; failed: a statement failed after "
     "others were kept"},
    {"checksum", "SHA-256 of the bytes that were applied"},
    {"canonical_checksum", "SHA-256 without comments, white space and line ends"},
    {"statements_done", "How many statements are done and kept"},
    {"statements_total", "How many statements the file had"},
    {"journal", "A checksum for each statement, while state is not applied"},
    {"started_at", "When it began, by the clock of the server"},
    {"finished_at", "When it ended, by the clock of the server"},
    {"duration", "finished_at - started_at of the run that finished it"},
    {"applied_by", "The role that applied it"},
    {"application_host", "The machine on which migrator ran"},
    {"migrator_version", "The version of migrator"},
    {"run_id", "One value for everything that one run applied"},
    {"fence", "How many runs have had this row: one that was overtaken cannot write any more"},
    {"lease_until",
     "Behind a transaction pooler: until then the migrator that works on it counts as alive"},
    {"down_sql", "The down part, so that it can be undone when the file is gone"},
    {"applied_sql", "The text that was applied, up to 1 MiB; null when longer"},
    {"note", "What baseline or repair said, with its reason"},
}};

std::string make_table_sql(std::string_view qualified) {
  std::string sql = fmt::format("CREATE TABLE {} ({});\n", qualified, kColumns);
  sql += fmt::format(
      "COMMENT ON TABLE {} IS '{}1: what migrator has applied to this database; one row each';\n",
      qualified, kComment);
  for (const auto& [column, comment] : kColumnComments)
    sql += fmt::format("COMMENT ON COLUMN {}.{} IS '{}';\n", qualified, column, comment);
  return sql;
}

/// Columns as sets, sorted; tables of other tools that use the name schema_migrations.
struct ForeignTable {
  std::vector<std::string> columns;
  std::string_view tool;
};

std::vector<ForeignTable> foreign_tables() {
  return {{{"dirty", "version"}, "golang-migrate"},
          {{"version"}, "dbmate or Rails (Active Record)"},
          {{"inserted_at", "version"}, "Ecto"},
          {{"filename"}, "Sequel"}};
}

}  // namespace

std::string history_step_sql(std::string_view qualified, int format) {
  switch (format) {
    case 0:
      return make_table_sql(qualified);
    default:
      return {};
  }
}

int history_format_of(std::string_view table_comment) {
  if (!table_comment.starts_with(kComment)) return 0;
  const std::string_view digits = table_comment.substr(kComment.size());
  int format = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), format);
  return format;
}

std::string tool_of_columns(const std::vector<std::string>& columns) {
  for (const ForeignTable& foreign : foreign_tables())
    if (foreign.columns == columns) return std::string(foreign.tool);
  return {};
}

}  // namespace migrator
