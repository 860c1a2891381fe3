// What the status server knows as numbers, in Prometheus' text format (FORMATS.md, "Metrics").
// Names and labels hold no host and no SQL.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "engine/report/health.h"

namespace migrator {

/// How long looks at the database took.
class LookTimes {
 public:
  static constexpr std::array<double, 9> kBounds{0.001, 0.005, 0.01, 0.025, 0.05,
                                                 0.1,   0.25,  0.5,  1.0};  ///< seconds

  void add(std::chrono::duration<double> time);

  /// Of those up to each bound; the last one is all of them.
  const std::array<std::uint64_t, kBounds.size() + 1>& counts() const { return counts_; }
  double sum() const { return sum_; }

 private:
  std::array<std::uint64_t, kBounds.size() + 1> counts_{};
  double sum_ = 0;
};

/// By path and status code.
using RequestCounts = std::map<std::pair<std::string, int>, std::uint64_t>;

struct Metrics {
  const Sight& sight;
  bool is_ready = false;
  LookTimes looks = {};
  RequestCounts requests = {};
};

std::string to_prometheus(const Metrics& metrics);

/// When a migration or a seed was last done, in seconds since 1970; 0: never.
double last_success(const StatusReport& report);

}  // namespace migrator
