// Pauses between tries: how long, and that a stop request ends them at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <stop_token>

namespace migrator {

/// A random time between 0 and first * 2^(attempt - 1), at most `cap` ("full jitter", so that
/// many who were refused together do not come back together).
std::chrono::milliseconds backoff(std::size_t attempt, std::chrono::milliseconds first,
                                  std::chrono::milliseconds cap);

/// Sleeps; false when a stop request ended it early.
bool pause_for(std::chrono::milliseconds time, const std::stop_token& stop);

}  // namespace migrator
