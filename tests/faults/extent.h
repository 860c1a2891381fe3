// How much of the faults is tried: a sample in scripts/test, all of it in scripts/faults, which
// sets MIGRATOR_FAULTS=all; and what was tried and came out, told at the end.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace migrator {

bool all_faults();

/// `sample`, or `all`.
int rounds(int sample, int all);

/// Of everything random in this process: MIGRATOR_FAULTS_SEED, else another each time.
std::uint64_t fault_seed();

/// Gives so many of the numbers 1 to n, evenly spread, the first and the last among them, to
/// workers, each of which asks for the next until there is none: one worker in a sample, else two.
using Next = std::function<std::optional<std::uint64_t>()>;
void for_each_of(std::uint64_t n, std::uint64_t count,
                 const std::function<void(const Next&)>& worker);

/// What came out of many runs. For any thread.
class Tally {
 public:
  void add(int exit_code, std::chrono::duration<double> time, bool disturbed = true);
  /// "600 runs, 2 of them not disturbed, exit code 0: 12, 3: 588; the longest took 1.2 s".
  std::string text() const;

 private:
  mutable std::mutex mutex_;
  std::map<int, int> exit_codes_;
  int runs_ = 0;
  int undisturbed_ = 0;
  std::chrono::duration<double> longest_{};
};

/// Prints a line, and keeps it in the test's report.
void tell(const std::string& what, const std::string& text);

}  // namespace migrator
