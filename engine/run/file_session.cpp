#include "engine/run/file_session.h"

#include "engine/base/error.h"
#include "engine/pg/script.h"

namespace migrator {
namespace {

// The splitter reads backslashes so, whatever the database's own setting is.
constexpr std::string_view kResetSettings =
    "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; SET standard_conforming_strings = on";
constexpr std::string_view kDiscardRest =
    "CLOSE ALL; UNLISTEN *; DEALLOCATE ALL; DISCARD TEMP; DISCARD SEQUENCES";
constexpr std::string_view kActAsOurselves =
    "SET LOCAL SESSION AUTHORIZATION DEFAULT; SET LOCAL role TO DEFAULT; "
    "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0";

}  // namespace

void check_deferred(Connection& connection) {
  try {
    run_command(connection, "SET CONSTRAINTS ALL IMMEDIATE");
  } catch (const Error& error) {
    Finding finding = error.finding();
    if (finding.context.empty())
      finding.context = "deferred to the end of the transaction, after all of its statements";
    throw Error(error.kind(), finding);
  }
}

std::string deferred_constraints(Connection& connection) {
  const auto rows = connection.query(
      "SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('%I.%I', n.nspname, c.conname), ', "
      "')"
      " FROM pg_catalog.pg_constraint c"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace WHERE c.condeferred");
  return rows.at(0).at(0).value_or("");
}

void defer_again(Connection& connection, const std::string& constraints) {
  if (constraints.empty()) return;
  run_command(connection, "SET CONSTRAINTS " + constraints + " DEFERRED");
}

void reset_settings(Connection& connection) {
  run_command(connection, kResetSettings);
}

void reset_session(Connection& connection) {
  run_command(connection, kResetSettings);
  run_command(connection, kDiscardRest);
}

void act_as_ourselves(Connection& connection) {
  run_command(connection, kActAsOurselves);
}

void write_as_ourselves(Connection& connection, const std::function<void()>& write) {
  run_command(connection, "BEGIN READ WRITE");
  act_as_ourselves(connection);
  try {
    write();
  } catch (const Error&) {
    if (connection.is_alive()) run_command(connection, "ROLLBACK");
    throw;
  }
  commit(connection);
}

}  // namespace migrator
