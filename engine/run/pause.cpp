#include "engine/run/pause.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>

namespace migrator {

std::chrono::milliseconds backoff(std::size_t attempt, std::chrono::milliseconds first,
                                  std::chrono::milliseconds cap) {
  const std::size_t doublings = std::min<std::size_t>(attempt > 0 ? attempt - 1 : 0, 20);
  const auto longest = std::min(cap, first * (1L << doublings));
  std::random_device entropy;
  std::uniform_int_distribution<std::chrono::milliseconds::rep> any(0, longest.count());
  return std::chrono::milliseconds(any(entropy));
}

bool pause_for(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any condition;
  std::unique_lock lock(mutex);
  condition.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace migrator
