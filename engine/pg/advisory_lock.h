// The migrators' lock: a session-level advisory lock that is polled, never waited for inside the
// server, so that CREATE INDEX CONCURRENTLY cannot deadlock with one who waits. It is politeness:
// what makes a second run impossible is the history row. Hold it with no transaction open when it
// is taken.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "engine/pg/connection.h"

namespace migrator {

/// Who has the lock, for the line that is shown while waiting.
struct LockHolder {
  int pid = 0;
  std::string application_name;
  std::string client;  ///< address, or "local"
  std::string since;   ///< when its session began, ISO 8601
  std::string query;   ///< its current or last statement, shortened; empty when not visible
};

class AdvisoryLock {
 public:
  /// The key is derived from database, schema and table (FORMATS.md, "Lock").
  static std::int64_t key_of(std::string_view database, std::string_view schema,
                             std::string_view table);

  /// Polls with jitter until it has the lock. `waiting` is told the holder at once and then about
  /// every five seconds. Throws Error(lock) when `limit` is over or stop is requested.
  AdvisoryLock(
      Connection& connection, std::int64_t key, std::chrono::milliseconds limit,
      const std::function<void(const LockHolder&, std::chrono::milliseconds waited)>& waiting,
      std::stop_token stop = {});
  ~AdvisoryLock();  ///< releases; a lost session has released it already
  AdvisoryLock(const AdvisoryLock&) = delete;
  AdvisoryLock& operator=(const AdvisoryLock&) = delete;

 private:
  Connection& connection_;
  std::int64_t key_;
};

}  // namespace migrator
