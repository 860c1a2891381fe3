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

class AdvisoryLock {
 public:
  /// The key is derived from database, schema and table (FORMATS.md, "Lock").
  static std::int64_t key_of(std::string_view database, std::string_view schema,
                             std::string_view table);

  /// Who has the lock, as far as it can be seen; `since` is when its session began.
  static std::optional<OtherSession> holder(Connection& connection, std::int64_t key);

  using Waiting = std::function<void(const OtherSession&, std::chrono::milliseconds waited)>;

  /// Polls with jitter until it has the lock. `waiting` is told the holder at once and then about
  /// every `tell_every`. Throws Error(lock) when `limit` is over or stop is requested.
  AdvisoryLock(Connection& connection, std::int64_t key, std::chrono::milliseconds limit,
               const Waiting& waiting, std::stop_token stop = {},
               std::chrono::milliseconds tell_every = std::chrono::seconds(5));
  ~AdvisoryLock();  ///< releases; a lost session has released it already
  AdvisoryLock(const AdvisoryLock&) = delete;
  AdvisoryLock& operator=(const AdvisoryLock&) = delete;

 private:
  Connection& connection_;
  std::int64_t key_;
};

}  // namespace migrator
