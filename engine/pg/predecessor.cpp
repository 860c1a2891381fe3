#include "engine/pg/predecessor.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "engine/base/build.h"
#include "engine/pg/other_session.h"
#include "engine/pg/pause.h"
#include "engine/pg/pooler.h"

namespace migrator {
namespace {

constexpr std::size_t kTagLength = 8;
constexpr std::chrono::milliseconds kBetween{50};
constexpr int kMostLooks = 200;

// Behind its name stands what it is at.
constexpr std::string_view kEnd = R"(
select pg_catalog.pg_terminate_backend(a.pid)
from pg_catalog.pg_stat_activity a
where a.pid = $2::pg_catalog.int4
  and a.pid <> pg_catalog.pg_backend_pid()
  and a.datname = pg_catalog.current_database()
  and a.usename = session_user
  and (a.application_name = $1 or pg_catalog.starts_with(a.application_name, $1 || ':')))";

// Whatever version it is of.
constexpr std::string_view kOfRun = R"(
from pg_catalog.pg_stat_activity a
where a.pid <> pg_catalog.pg_backend_pid()
  and a.datname = pg_catalog.current_database()
  and pg_catalog.starts_with(a.application_name, 'migrator ')
  and pg_catalog.strpos(a.application_name, $1) > 0)";

}  // namespace

std::string session_name(std::string_view run_id) {
  return fmt::format("migrator {} ({})", program_version(), run_id.substr(0, kTagLength));
}

std::string session_name(std::string_view run_id, std::string_view file) {
  return session_name(run_id) + ": " + std::string(file.substr(file.rfind('/') + 1));
}

std::vector<OtherSession> sessions_of_run(Connection& connection, std::string_view run_id) {
  if (run_id.size() < kTagLength) return {};
  const Field tag = fmt::format("({})", run_id.substr(0, kTagLength));
  return query_other_sessions(connection, kOfRun, {&tag, 1}).sessions;
}

void end_predecessor(Connection& connection, int pid, std::string_view run_id,
                     const std::stop_token& stop) {
  const std::string name = session_name(run_id);
  if (run_id.size() < kTagLength || connection.application_name() != name) return;
  // Behind a pooler the name stays on a session that is somebody else's by now.
  detect_pooler(connection);
  if (connection.is_pooled()) return;
  const std::array<Field, 2> parameters{name, std::to_string(pid)};
  for (int look = 0; look < kMostLooks; ++look)
    if (connection.query(kEnd, parameters).empty() || !pause(kBetween, stop)) return;
}

}  // namespace migrator
