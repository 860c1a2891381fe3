#include "engine/pg/table_export.h"

#include <fmt/format.h>

#include <array>

#include "engine/base/error.h"
#include "engine/base/quote.h"
#include "engine/pg/script.h"
#include "engine/sql/table_name.h"

namespace migrator {
namespace {

// $1 table, $2 columns, $3 those with references, $4 and $5 the tables and columns of these.
constexpr std::string_view kAsk = R"(
with target as (select $1::pg_catalog.regclass as id),
asked as (
  select u.n, u.i, r.t, r.c
  from pg_catalog.unnest($2::text[]) with ordinality u (n, i)
  left join rows from (pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::text[]),
                       pg_catalog.unnest($5::text[])) r (n, t, c) on r.n = u.n
),
columns as (
  select a.attname as name, q.t, q.c,
         pg_catalog.row_number() over (order by q.i, a.attnum) as i,
         coalesce(
           (select fa.attname from pg_catalog.pg_constraint k
            join pg_catalog.pg_attribute fa on fa.attrelid = k.confrelid and fa.attnum = k.confkey[1]
            where k.contype = 'f' and k.conrelid = a.attrelid and k.conkey = array[a.attnum]
              and k.confrelid = q.t::pg_catalog.regclass limit 1),
           (select pa.attname from pg_catalog.pg_index x
            join pg_catalog.pg_attribute pa on pa.attrelid = x.indrelid and pa.attnum = x.indkey[0]
            where x.indrelid = q.t::pg_catalog.regclass and x.indisprimary and x.indnkeyatts = 1)
         ) as referred
  from target, pg_catalog.pg_attribute a left join asked q on q.n = a.attname
  where a.attrelid = target.id and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    and (not exists (select from asked) or q.n is not null)
),
key as (
  select x.indexrelid, x.indkey from pg_catalog.pg_index x, target
  where x.indrelid = target.id and x.indisunique and x.indisvalid and x.indpred is null
    and x.indexprs is null
  order by x.indisprimary desc, x.indnkeyatts, x.indexrelid::pg_catalog.regclass::text limit 1
),
key_columns as (
  select a.attname, a.attcollation, g.i
  from target, key, pg_catalog.generate_series(0, pg_catalog.array_length(key.indkey::int2[], 1) - 1) g (i)
  join pg_catalog.pg_attribute a on true
  where a.attrelid = target.id and a.attnum = key.indkey[g.i]
)
select
  target.id::text,
  (select pg_catalog.string_agg(
     case when t is null then pg_catalog.format('t.%I', name)
          else pg_catalog.format('(select r.%I from %s r where r.%I = t.%I) as %I', c,
                                 t::pg_catalog.regclass, referred, name, name || '@' || t || '.' || c)
     end, ', ' order by i) from columns),
  coalesce((select pg_catalog.string_agg(
     pg_catalog.format('t.%I%s', attname, case when attcollation <> 0 then ' collate "C"' else '' end),
     ', ' order by i) from key_columns), 't::text collate "C"'),
  (select pg_catalog.string_agg(n, ', ') from asked where n not in (select name from columns)),
  (select pg_catalog.string_agg(name, ', ') from columns where t is not null and referred is null)
from target)";

// So that what is written does not depend on the session, and no digit is lost.
constexpr std::string_view kSettings =
    "SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET extra_float_digits = 3; "
    "SET bytea_output = 'hex'; SET timezone = 'UTC'; SET xmloption = 'content'";

constexpr std::string_view kNoTable = "42P01";

/// The table as a shell has to be told of it.
std::string in_shell(const TableExport& what) {
  return fmt::format("migrator seed export '{}'", table_name_in_quotes(what.table));
}

struct References {
  std::vector<std::string> names = {}, tables = {}, columns = {};
};

References references_of(const TableExport& what) {
  References references;
  for (const std::string& text : what.references) {
    const std::size_t at = text.find('@');
    const std::size_t dot = text.rfind('.');
    if (at == std::string::npos || dot == std::string::npos || dot < at)
      throw Error(ErrorKind::usage, {.id = "usage",
                                     .message = fmt::format("\"{}\" is no reference", text),
                                     .next = "write it as user_uuid@users.handle"});
    references.names.push_back(text.substr(0, at));
    references.tables.push_back(text.substr(at + 1, dot - at - 1));
    references.columns.push_back(text.substr(dot + 1));
  }
  return references;
}

std::string copy_statement(Connection& connection, const TableExport& what) {
  const References references = references_of(what);
  std::vector<std::string> columns = what.columns;
  const std::array<Field, 1> table{what.table};
  // All of them, where only some are to be references.
  if (columns.empty() && !references.names.empty())
    for (const Row& row : connection.query(
             "select attname from pg_catalog.pg_attribute where attrelid = $1::pg_catalog.regclass "
             "and attnum > 0 and not attisdropped and attgenerated = '' order by attnum",
             table))
      columns.push_back(row[0].value_or(""));
  const std::array<Field, 5> parameters{
      what.table, array_literal(columns), array_literal(references.names),
      array_literal(references.tables), array_literal(references.columns)};
  const std::vector<Row> rows = connection.query(kAsk, parameters);
  const Row& row = rows.at(0);
  const auto refuse = [&](std::string message, std::string next) {
    throw Error(ErrorKind::migration,
                {.id = "export-columns", .message = std::move(message), .next = std::move(next)});
  };
  if (row[3])
    refuse(fmt::format("{} has no column {} that takes values", what.table, *row[3]),
           "name others");
  if (row[4])
    refuse(fmt::format("{}.{} refers to no row by one column", what.table, *row[4]),
           "a reference needs a foreign key, or a primary key of one column there");
  std::string select = fmt::format("select {} from {} t", row[1].value_or(""), *row[0]);
  if (!what.where.empty()) select += fmt::format(" where ({}\n)", what.where);
  select += " order by " + *row[2];
  if (what.format == ExportFormat::csv)
    return fmt::format("COPY ({}) TO STDOUT WITH (FORMAT csv, HEADER)", select);
  // No JSON holds the characters that would end or quote a field.
  return fmt::format(
      "COPY (select pg_catalog.row_to_json(x) from ({}) x) TO STDOUT WITH (FORMAT csv, "
      "DELIMITER E'\\x01', QUOTE E'\\x02')",
      select);
}

}  // namespace

std::uint64_t export_table(Connection& connection, const TableExport& what, const ExportSink& sink,
                           const std::stop_token& stop) {
  if (!is_table_name(what.table))
    throw Error(
        ErrorKind::usage,
        {.id = "usage",
         .message = fmt::format("{} needs quotes in SQL to be the name of a table", what.table),
         .next = in_shell(what)});
  run_command(connection, kSettings, stop);
  std::string copy;
  try {
    copy = copy_statement(connection, what);
  } catch (const Error& error) {
    Finding finding = error.finding();
    finding.context.clear();  // it is about our own question
    const std::string quoted = table_name_in_quotes(what.table);
    if (finding.sqlstate == kNoTable && quoted != what.table)
      finding.hint = fmt::format("capital letters need quotes: {}", in_shell(what));
    throw Error(error.kind(), std::move(finding));
  }
  // The server sends row by row.
  constexpr std::size_t enough = std::size_t{64} << 10U;
  std::string rows;
  const auto gather = [&](std::string_view row) {
    rows += row;
    if (rows.size() < enough) return;
    sink(rows);
    rows.clear();
  };
  const CommandResult result = run_copy_out(connection, copy, gather, stop);
  if (!rows.empty()) sink(rows);
  return result.rows;
}

}  // namespace migrator
