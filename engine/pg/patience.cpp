#include "engine/pg/patience.h"

#include <algorithm>

#include "engine/pg/cancel.h"

namespace migrator {

// Nobody wakes the thread for a call that is short.
constexpr std::chrono::milliseconds kTick{500};
constexpr std::chrono::milliseconds kShortTick{50};

Patience::Patience(pg_conn* handle)
    : handle_(handle), thread_([this](const std::stop_token& stop) { watch(stop); }) {}

void Patience::set_limit(std::chrono::milliseconds limit) {
  const std::lock_guard lock(mutex_);
  limit_ = limit;
}

void Patience::set_most(std::chrono::milliseconds most) {
  const std::lock_guard lock(mutex_);
  most_ = most;
  changed_.notify_all();
}

std::chrono::milliseconds Patience::limit() const {
  const std::lock_guard lock(mutex_);
  return limit_;
}

void Patience::begin() {
  const std::lock_guard lock(mutex_);
  auto limit = limit_;
  if (most_.count() > 0) limit = limit.count() > 0 ? std::min(limit, most_) : most_;
  if (limit.count() > 0) deadline_ = Clock::now() + limit;
}

void Patience::end() {
  const std::lock_guard lock(mutex_);
  deadline_.reset();
}

void Patience::watch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    // Woken for the first deadline that is short.
    const bool was_unhurried = most_.count() == 0;
    changed_.wait_for(lock, stop, was_unhurried ? kTick : kShortTick,
                      [&] { return was_unhurried && most_.count() > 0; });
    if (!deadline_ || Clock::now() < *deadline_) continue;
    deadline_.reset();
    break_connection(handle_);
  }
}

}  // namespace migrator
