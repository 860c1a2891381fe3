// The migrator that is at work in this database, if there is one: the session that has the
// migrators' lock, or is named after a run and the file that it runs. Read only, and it takes no
// lock. What it does not know: sessions that this role may not see.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/pg/connection.h"
#include "engine/report/at_work.h"

namespace migrator {

/// `lock_key` is that of AdvisoryLock. One question, and two more where one is at work. Throws as
/// Connection::query.
std::optional<AtWork> at_work(Connection& connection, std::int64_t lock_key);

}  // namespace migrator
