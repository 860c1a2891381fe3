#include "engine/run/file_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <string>

#include "engine/base/error.h"
#include "engine/pg/script.h"
#include "engine/pg/settings.h"

namespace migrator {
namespace {

constexpr std::string_view kActAsOurselves =
    "SET LOCAL SESSION AUTHORIZATION DEFAULT; SET LOCAL role TO DEFAULT; "
    "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0";

// By name and schema, as SET CONSTRAINTS takes them, and only those that it accepts.
constexpr std::string_view kDeferrable = R"(
select pg_catalog.string_agg(c.name, ', '),
       pg_catalog.string_agg(c.name, ', ') filter (where c.deferred)
from (select pg_catalog.format('%I.%I', n.nspname, c.conname) as name,
             pg_catalog.bool_or(c.condeferred) as deferred
      from pg_catalog.pg_constraint c
      join pg_catalog.pg_namespace n on n.oid = c.connamespace
      where pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        and not pg_catalog.pg_is_other_temp_schema(n.oid)
        and c.conparentid = 0
      group by n.nspname, c.conname
      having pg_catalog.bool_and(c.condeferrable)) c)";

std::vector<Query> reset_to(std::span<const ServerSetting> kept) {
  // The splitter reads backslashes so, whatever the database's own setting is; and a pooler's
  // session falls back to an encoding that is not that of our files.
  std::vector<ServerSetting> ours{{"client_encoding", "UTF8"},
                                  {"standard_conforming_strings", "on"}};
  std::ranges::copy(kept, std::back_inserter(ours));
  std::vector<Query> queries{{"RESET SESSION AUTHORIZATION"}, {"RESET ROLE"}, {"RESET ALL"}};
  std::ranges::move(setting(ours, SettingScope::session), std::back_inserter(queries));
  return queries;
}

void set_constraints(Connection& connection, std::string_view sql, const std::stop_token& stop) {
  try {
    run_command(connection, sql, stop);
  } catch (const Error& error) {
    throw with_deferred(error);
  }
}

}  // namespace

Query check_of_deferred() {
  return {"SET CONSTRAINTS ALL IMMEDIATE"};
}

Error with_deferred(const Error& error) {
  Finding finding = error.finding();
  if (finding.context.empty())
    finding.context = "deferred to the end of the transaction, after all of its statements";
  return Error(error.kind(), finding);
}

void check_deferred(Connection& connection, const std::stop_token& stop) {
  set_constraints(connection, check_of_deferred().sql, stop);
}

void check_deferred_by_name(Connection& connection, const std::stop_token& stop) {
  const auto rows = connection.query(kDeferrable);
  const std::string all = rows.at(0).at(0).value_or("");
  const std::string deferred = rows.at(0).at(1).value_or("");
  if (!all.empty())
    set_constraints(connection, fmt::format("SET CONSTRAINTS {} IMMEDIATE", all), stop);
  if (!deferred.empty())
    set_constraints(connection, fmt::format("SET CONSTRAINTS {} DEFERRED", deferred), stop);
}

bool is_read_only(Connection& connection) {
  return connection.query("SELECT pg_catalog.current_setting('transaction_read_only')")
             .at(0)
             .at(0) == "on";
}

std::vector<Query> settings_reset(const Connection& connection) {
  return reset_to(connection.kept_settings());
}

std::vector<Query> reset_between_files() {
  std::vector<Query> queries = reset_to({});
  for (const char* sql : {"DISCARD TEMP", "DISCARD SEQUENCES"}) queries.push_back({sql});
  return queries;
}

std::vector<Query> session_reset(const Connection& connection) {
  std::vector<Query> queries = settings_reset(connection);
  for (const char* sql :
       {"CLOSE ALL", "UNLISTEN *", "DEALLOCATE ALL", "DISCARD TEMP", "DISCARD SEQUENCES"})
    queries.push_back({sql});
  return queries;
}

void reset_settings(Connection& connection) {
  run_together(connection, settings_reset(connection));
}

void reset_inside(Connection& connection, const ServerSetting& name) {
  std::vector<Query> queries = session_reset(connection);
  std::erase_if(queries, [](const Query& query) { return query.sql == "DEALLOCATE ALL"; });
  // Those of the transaction stay until its end.
  queries.push_back({"SELECT pg_catalog.pg_advisory_unlock_all()"});
  std::ranges::move(setting({&name, 1}, SettingScope::session), std::back_inserter(queries));
  run_together(connection, queries);
}

void reset_session(Connection& connection) {
  run_together(connection, session_reset(connection));
}

void act_as_ourselves(Connection& connection) {
  run_quick_command(connection, kActAsOurselves);
}

void write_as_ourselves(Connection& connection, const std::function<void()>& write) {
  run_quick_command(connection, "BEGIN READ WRITE");
  act_as_ourselves(connection);
  try {
    write();
  } catch (const Error&) {
    if (connection.is_alive()) run_quick_command(connection, "ROLLBACK");
    throw;
  }
  commit(connection);
}

}  // namespace migrator
