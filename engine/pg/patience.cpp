#include "engine/pg/patience.h"

#include "engine/pg/cancel.h"

namespace migrator {

// Nobody wakes the thread for a call that is short.
constexpr std::chrono::milliseconds kTick{500};

Patience::Patience(pg_conn* handle)
    : handle_(handle), thread_([this](const std::stop_token& stop) { watch(stop); }) {}

void Patience::set_limit(std::chrono::milliseconds limit) {
  const std::lock_guard lock(mutex_);
  limit_ = limit;
}

std::chrono::milliseconds Patience::limit() const {
  const std::lock_guard lock(mutex_);
  return limit_;
}

void Patience::begin() {
  const std::lock_guard lock(mutex_);
  if (limit_.count() > 0) deadline_ = Clock::now() + limit_;
}

void Patience::end() {
  const std::lock_guard lock(mutex_);
  deadline_.reset();
}

void Patience::watch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait_for(lock, stop, kTick, [] { return false; });
    if (!deadline_ || Clock::now() < *deadline_) continue;
    deadline_.reset();
    break_connection(handle_);
  }
}

}  // namespace migrator
