// The migrators' lock for the length of a run, with a word to the observer while it waits.
#pragma once

#include "engine/pg/advisory_lock.h"
#include "engine/run/up.h"

namespace migrator {

class RunLock {
 public:
  /// Throws Error(lock) when RunOptions::lock_wait is over.
  explicit RunLock(const RunSite& site);

  bool had_to_wait() const { return waited_; }

 private:
  bool waited_ = false;
  AdvisoryLock lock_;
};

}  // namespace migrator
