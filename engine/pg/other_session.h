// Other sessions of the server, read from pg_stat_activity: what its columns say where this role
// may not look, and how much of a statement is shown.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/report/progress.h"

namespace migrator {

struct OtherSessions {
  std::vector<OtherSession> sessions;
  std::vector<Row> rows;  ///< theirs, without the columns of a session
};

/// Leaves of its statement only what kind it is ("ALTER TABLE"): what another migrator sends holds
/// the values of variables, and those may be secrets.
void hide_text(OtherSession& session);

/// The sessions, with what they run: of those whose name says that they are migrators, only the
/// kind; of others the text up to a password. `with` comes before the select list, `rest` behind
/// it: further columns (", a.x"), FROM ... with `pg_catalog.pg_stat_activity a` in it. Their
/// statements stay empty where the connection does not show queries. Throws as Connection::query.
OtherSessions query_other_sessions(Connection& connection, std::string_view rest,
                                   std::span<const Field> parameters, std::string_view with = "");

}  // namespace migrator
