#include "engine/pg/lock_watch.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "engine/base/error.h"
#include "engine/pg/pause.h"
#include "engine/pg/script.h"
#include "engine/pg/sight.h"

namespace migrator {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{2};
// A lock of each takes room in the server's memory.
constexpr std::size_t kMostTables = 1000;

constexpr std::string_view kLook = R"(
select l.relation, l.mode,
       pg_catalog.pg_backend_pid() = any (pg_catalog.pg_blocking_pids($1::pg_catalog.int4))
from (select) one
left join pg_catalog.pg_locks l on l.pid = $1::pg_catalog.int4 and l.locktype = 'relation'
  and l.relation >= 16384)";

}  // namespace

void LockWatch::begin(int pid, const std::vector<std::string>& tables) {
  pid_ = std::to_string(pid);
  seen_.clear();
  failure_ = nullptr;
  waits_ = false;
  lock_sql_.clear();
  for (const std::string& table : tables)
    lock_sql_ += (lock_sql_.empty() ? "LOCK TABLE ONLY " : ", ONLY ") + table;
  if (tables.size() > kMostTables) lock_sql_.clear();
  if (!lock_sql_.empty()) lock_sql_ += " IN ROW EXCLUSIVE MODE NOWAIT";
  stand_in_the_way();
  thread_ = std::jthread([this](const std::stop_token& stop) { look_on(stop); });
}

SeenModes LockWatch::end() {
  thread_ = {};
  step_aside();
  if (failure_) std::rethrow_exception(failure_);
  return std::move(seen_);
}

void LockWatch::stand_in_the_way() {
  if (lock_sql_.empty()) return;
  run_command(connection_, "BEGIN");
  stands_ = true;
  try {
    run_command(connection_, lock_sql_);
  } catch (const Error& error) {
    if (!connection_.is_alive()) throw;
    // The statement has one of them now, or one is gone.
    step_aside();
  }
}

void LockWatch::step_aside() {
  if (!std::exchange(stands_, false)) return;
  run_command(connection_, "ROLLBACK");
}

void LockWatch::look_on(const std::stop_token& stop) {
  try {
    while (!stop.stop_requested()) {
      if (look())
        step_aside();
      else if (!stands_)
        stand_in_the_way();
      pause(kBetweenLooks, stop);
    }
  } catch (const Error&) {
    // The statement must not wait for a session that nobody leads any more.
    failure_ = std::current_exception();
    connection_.give_up();
  }
}

/// Whether the session waits for us, and what it holds meanwhile was seen. The server reads the
/// locks before it looks who waits: of one that has just begun to, they may be seen the next time
/// only.
bool LockWatch::look() {
  bool waits = false;
  bool shows_locks = false;
  const std::vector<Field> parameters{pid_};
  for (const Row& row : connection_.query(kLook, parameters)) {
    waits = waits || row[2] == "t";
    if (!row[0]) continue;
    shows_locks = true;
    LockMode& mode = seen_[*row[0]];
    mode = std::max(mode, lock_mode_of(row[1].value_or("")));
  }
  const bool has_waited = std::exchange(waits_, waits);
  return waits && (shows_locks || has_waited);
}

}  // namespace migrator
