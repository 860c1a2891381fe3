// The migrators' lock: a session-level advisory lock that is polled, never waited for inside the
// server, so that CREATE INDEX CONCURRENTLY cannot deadlock with one who waits. It is politeness:
// what makes a second run impossible is the history row. Hold it with no transaction open when it
// is taken.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/pg/connection.h"
#include "engine/report/progress.h"

namespace migrator {

using LockWaiting =
    std::function<void(const OtherSession& holder, std::chrono::milliseconds waited)>;

struct LockWaitOptions {
  std::chrono::milliseconds limit{0};
  std::chrono::milliseconds tell_every = std::chrono::seconds(5);
  LockWaiting waiting = {};  ///< told at once, then as often, and of each other key
  std::stop_token stop = {};
};

enum class LockScope { session, transaction };

/// Never waits for it.
bool try_advisory_lock(Connection& connection, std::int64_t key, LockScope scope);
/// The statement for it, which answers "t" or "f".
Query try_for_lock(std::int64_t key, LockScope scope);

/// Calls `try_once` with jitter until it is true. Throws Error(lock, "lock-timeout") with who has
/// the lock when the limit is over, Error(lock, "cancelled") on a stop request.
void wait_for_advisory_lock(Connection& connection, std::int64_t key,
                            const std::function<bool()>& try_once, const LockWaitOptions& options);

/// Takes all that is wanted, or nothing: then it tells the key that somebody else has.
using TryForLocks = std::function<std::optional<std::int64_t>()>;
/// The same for several: who is waited for is who has the key that was told last.
void wait_for_advisory_locks(Connection& connection, const TryForLocks& try_once,
                             const LockWaitOptions& options);

/// "waiting for another migrator: process 42 ... (3 s so far)"
std::string waiting_line(const OtherSession& holder, std::chrono::milliseconds waited);

class AdvisoryLock {
 public:
  /// The key is derived from database, schema and table (FORMATS.md, "Lock").
  static std::int64_t key_of(std::string_view database, std::string_view schema,
                             std::string_view table);

  /// Who has the lock, as far as it can be seen; `since` is when its session began.
  static std::optional<OtherSession> holder(Connection& connection, std::int64_t key);

  /// Throws as wait_for_advisory_lock.
  AdvisoryLock(Connection& connection, std::int64_t key, std::chrono::milliseconds limit,
               const LockWaiting& waiting, std::stop_token stop = {},
               std::chrono::milliseconds tell_every = std::chrono::seconds(5));
  /// The same; `has_it`: a try_for_lock of this session was answered with "t".
  AdvisoryLock(Connection& connection, std::int64_t key, const LockWaitOptions& options,
               bool has_it);
  ~AdvisoryLock();  ///< releases; a lost session has released it already
  AdvisoryLock(const AdvisoryLock&) = delete;
  AdvisoryLock& operator=(const AdvisoryLock&) = delete;

 private:
  Connection& connection_;
  std::int64_t key_;
};

}  // namespace migrator
