// What the server tells of a statement that another session runs: its progress views and who it
// waits for. Read only, over a connection of its own; knows nothing of files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/report/progress.h"

namespace migrator {

struct Activity {
  std::string phase = {};                      ///< as the view names it; empty: no view shows it
  std::optional<double> share = std::nullopt;  ///< of the phase, 0 to 1
  std::uint64_t rows = 0;                      ///< COPY, PostgreSQL 14 and later
  std::vector<OtherSession> blockers = {};     ///< also those that CONCURRENTLY waits for
};

/// What the server has to answer to a session.
enum class Answering {
  something,
  nothing,  ///< it has been idle for five seconds
  absent,   ///< it is not there, or not on this server
};

/// Throws as Connection::query.
Answering answering(Connection& watcher, int pid);

/// The views: pg_stat_progress_create_index, _vacuum, _cluster, _analyze and, from 14, _copy. They
/// show sessions whose role this one belongs to. Throws as Connection::query.
Activity activity_of(Connection& watcher, int pid);

}  // namespace migrator
