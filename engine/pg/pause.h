// Waiting on purpose: pauses that a stop request ends, and their random spread, so that replicas
// that started together do not ask together.
#pragma once

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>

namespace migrator {

/// False when stop was requested, then at once.
bool pause(std::chrono::milliseconds duration, const std::stop_token& stop);

/// A random duration between half of `duration` and all of it.
std::chrono::milliseconds with_jitter(std::chrono::milliseconds duration);

/// A random time between 0 and first * 2^(attempt - 1), at most `cap` ("full jitter", so that many
/// who were refused together do not come back together).
std::chrono::milliseconds backoff(std::size_t attempt, std::chrono::milliseconds first,
                                  std::chrono::milliseconds cap);

/// "0.7 s", "60 s".
std::string seconds_text(std::chrono::milliseconds duration);

}  // namespace migrator
