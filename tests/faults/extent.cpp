#include "tests/faults/extent.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace migrator {

bool all_faults() {
  const char* value = std::getenv("MIGRATOR_FAULTS");
  return value != nullptr && std::string_view(value) == "all";
}

int rounds(int sample, int all) {
  return all_faults() ? all : sample;
}

std::uint64_t fault_seed() {
  static const std::uint64_t seed = [] {
    const char* value = std::getenv("MIGRATOR_FAULTS_SEED");
    return value == nullptr ? std::random_device()() : std::stoull(value);
  }();
  return seed;
}

void for_each_of(std::uint64_t n, std::uint64_t count,
                 const std::function<void(const Next&)>& worker) {
  std::vector<std::uint64_t> numbers;
  count = std::min(n, count);
  for (std::uint64_t i = 0; i < count; ++i)
    numbers.push_back(count == 1 ? 1 : 1 + i * (n - 1) / (count - 1));
  std::atomic<std::size_t> given = 0;
  const Next next = [&]() -> std::optional<std::uint64_t> {
    const std::size_t mine = given++;
    return mine < numbers.size() ? std::optional(numbers[mine]) : std::nullopt;
  };
  std::vector<std::jthread> workers;
  for (int i = 0; i < rounds(1, 2); ++i) workers.emplace_back([&] { worker(next); });
}

void Tally::add(int exit_code, std::chrono::duration<double> time, bool disturbed) {
  const std::lock_guard lock(mutex_);
  ++exit_codes_[exit_code];
  ++runs_;
  if (!disturbed) ++undisturbed_;
  longest_ = std::max(longest_, time);
}

std::string Tally::text() const {
  const std::lock_guard lock(mutex_);
  std::string text = fmt::format("{} runs", runs_);
  if (undisturbed_ > 0) text += fmt::format(", {} of them not disturbed", undisturbed_);
  const char* before = ", exit code ";
  for (const auto& [code, times] : exit_codes_)
    text += fmt::format("{}{}: {}", std::exchange(before, ", "), code, times);
  return text + fmt::format("; the longest took {:.1f} s", longest_.count());
}

void tell(const std::string& what, const std::string& text) {
  fmt::print("[  faults  ] {}: {}\n", what, text);
  std::fflush(stdout);
  testing::Test::RecordProperty(what, text);
}

}  // namespace migrator
