// The migrators' lock for the length of a run, with a word to the observer while it waits. Behind a
// pooler no session can be sure to hold one, and there is none: engine/run/turn and
// engine/run/owners keep the order.
#pragma once

#include <optional>

#include "engine/pg/advisory_lock.h"
#include "engine/run/up.h"

namespace migrator {

class RunLock {
 public:
  /// Finds out what stands between us and the server, and has the session guarded. Throws
  /// Error(lock) when RunOptions::lock_wait is over.
  explicit RunLock(const RunSite& site);

  bool had_to_wait() const { return waited_; }

 private:
  bool waited_ = false;
  std::optional<AdvisoryLock> lock_ = std::nullopt;
};

}  // namespace migrator
