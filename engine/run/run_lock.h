// The migrators' lock for the length of a run, with a word to the observer while it waits. Behind a
// pooler no session can be sure to hold one, and there is none: engine/run/turn and
// engine/run/owners keep the order.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/pg/advisory_lock.h"
#include "engine/run/up.h"

namespace migrator {

class RunLock {
 public:
  /// Finds out what stands between us and the server, unless the process that answers was `seen`
  /// just now, and has the session guarded. Throws Error(lock) when RunOptions::lock_wait is over.
  explicit RunLock(const RunSite& site, const ServerFacts& seen = {});

  bool had_to_wait() const { return waited_; }

 private:
  bool try_first(const RunSite& site, std::int64_t key);

  bool waited_ = false;
  std::optional<AdvisoryLock> lock_ = std::nullopt;
};

}  // namespace migrator
