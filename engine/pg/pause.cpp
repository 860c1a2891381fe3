#include "engine/pg/pause.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>

namespace migrator {

bool pause(std::chrono::milliseconds duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wakened;
  std::unique_lock lock(mutex);
  wakened.wait_for(lock, stop, duration, [] { return false; });
  return !stop.stop_requested();
}

std::chrono::milliseconds with_jitter(std::chrono::milliseconds duration) {
  std::random_device random;
  const auto half = duration.count() / 2;
  return std::chrono::milliseconds(
      std::uniform_int_distribution<decltype(half)>(half, duration.count())(random));
}

std::chrono::milliseconds backoff(std::size_t attempt, std::chrono::milliseconds first,
                                  std::chrono::milliseconds cap) {
  const std::size_t doublings = std::min<std::size_t>(attempt > 0 ? attempt - 1 : 0, 20);
  const auto longest = std::min(cap, first * (1L << doublings));
  std::random_device entropy;
  std::uniform_int_distribution<std::chrono::milliseconds::rep> any(0, longest.count());
  return std::chrono::milliseconds(any(entropy));
}

std::string seconds_text(std::chrono::milliseconds duration) {
  const auto tenths = duration.count() / 100;
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text + " s";
}

}  // namespace migrator
