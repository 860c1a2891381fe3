#include "engine/pg/pause.h"

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

std::string seconds_text(std::chrono::milliseconds duration) {
  const auto tenths = duration.count() / 100;
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text + " s";
}

}  // namespace migrator
