// Other sessions of the server, read from pg_stat_activity: what its columns say where this role
// may not look, and how much of a statement is shown.
#pragma once

#include <string_view>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/report/progress.h"

namespace migrator {

/// The columns of a select list over `pg_catalog.pg_stat_activity a`.
extern const std::string_view kOtherSessionColumns;

/// Rows of kOtherSessionColumns.
std::vector<OtherSession> other_sessions_of(const std::vector<Row>& rows);

}  // namespace migrator
