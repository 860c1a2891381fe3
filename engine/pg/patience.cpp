#include "engine/pg/patience.h"

#include <algorithm>

#include "engine/pg/cancel.h"

namespace migrator {

// Nobody wakes the thread for a call that is short.
constexpr std::chrono::milliseconds kTick{500};

Patience::Patience(pg_conn* handle, std::chrono::milliseconds limit)
    : handle_(handle),
      limit_(limit),
      thread_([this](const std::stop_token& stop) { watch(stop); }) {}

void Patience::begin() {
  const std::lock_guard lock(mutex_);
  deadline_ = Clock::now() + limit_;
}

void Patience::end() {
  const std::lock_guard lock(mutex_);
  deadline_.reset();
}

void Patience::watch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait_for(lock, stop, std::min(kTick, limit_ / 2), [] { return false; });
    if (!deadline_ || Clock::now() < *deadline_) continue;
    deadline_.reset();
    break_connection(handle_);
  }
}

}  // namespace migrator
