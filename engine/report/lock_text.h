// The lines below a statement of `plan` that say what it locks of what is there already. Only what
// others notice: locks that keep nobody from reading, writing or changing the schema, and locks
// that the transaction has anyway, are for to_json to tell.
#pragma once

#include <cstddef>
#include <string>

#include "engine/plan/lock_forecast.h"
#include "engine/report/style.h"

namespace migrator {

/// "ACCESS EXCLUSIVE on users: blocks reads and writes; scans it", a line for each kind of lock,
/// in column `indent`; empty when there is nothing to say. `file` is that of the statement, as a
/// lock that was taken in the same one names only its line.
std::string lock_text(const StatementForecast& forecast, const std::string& file,
                      std::size_t indent, Style style);

}  // namespace migrator
