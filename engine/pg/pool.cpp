#include "engine/pg/pool.h"

#include <fmt/format.h>

#include <utility>

#include "engine/base/error.h"
#include "engine/pg/script.h"

namespace migrator {
namespace {

Error exhausted(const PoolLimits& limits) {
  return Error(ErrorKind::connection,
               {.id = "pool-exhausted",
                .message = fmt::format("all {} connections were in use for {} ms",
                                       limits.connections, limits.wait.count()),
                .next = "try again later; allow more connections; look at what keeps them: "
                        "migrator db sessions"});
}

/// As it was when it was opened: no transaction, settings, role, temporary tables, prepared
/// statements, cursors or advisory locks of whoever had it.
void leave_clean(Connection& connection) {
  connection.on_notice({});
  if (connection.in_transaction()) run_quick_command(connection, "ROLLBACK");
  run_quick_command(connection, "DISCARD ALL");
}

}  // namespace

Pool::Lease::~Lease() {
  if (pool_ != nullptr) pool_->give_back(std::move(connection_));
}

Pool::Lease Pool::lend(std::stop_token stop) {
  await_turn(stop);
  try {
    while (auto idle = take_idle())
      if (is_healthy(*idle)) return {*this, std::move(idle->connection)};
    return {*this, open_(stop)};
  } catch (...) {
    give_back(std::nullopt);
    throw;
  }
}

void Pool::await_turn(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const bool free =
      came_back_.wait_for(lock, stop, limits_.wait, [&] { return lent_ < limits_.connections; });
  if (!free && stop.stop_requested())
    throw Error(ErrorKind::connection,
                {.id = "cancelled", .message = "stopped while it waited for a connection"});
  if (!free) throw exhausted(limits_);
  ++lent_;
}

/// The one that was used last: the others may get old, and be closed by whoever is in between.
std::optional<Pool::Idle> Pool::take_idle() {
  const std::scoped_lock lock(mutex_);
  if (idle_.empty()) return std::nullopt;
  std::optional<Idle> last(std::move(idle_.back()));
  idle_.pop_back();
  return last;
}

bool Pool::is_healthy(Idle& idle) const {
  if (!idle.connection.is_alive()) return false;
  if (Clock::now() - idle.since < limits_.unchecked) return true;
  const auto patience = idle.connection.patience();
  try {
    idle.connection.set_patience(limits_.patience);
    idle.connection.query("select 1");
    idle.connection.set_patience(patience);
    return true;
  } catch (const Error&) {
    return false;
  }
}

void Pool::give_back(std::optional<Connection> connection) noexcept {
  try {
    if (connection && connection->is_alive()) {
      leave_clean(*connection);
      Idle idle{std::move(*connection), Clock::now()};
      const std::scoped_lock lock(mutex_);
      idle_.push_back(std::move(idle));
    }
  } catch (...) {
    // It is closed with this, and nobody gets it.
  }
  {
    const std::scoped_lock lock(mutex_);
    --lent_;
  }
  came_back_.notify_one();
}

std::size_t Pool::lent() const {
  const std::scoped_lock lock(mutex_);
  return lent_;
}

std::size_t Pool::idle() const {
  const std::scoped_lock lock(mutex_);
  return idle_.size();
}

}  // namespace migrator
