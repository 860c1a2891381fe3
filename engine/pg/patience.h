// Ends a call of libpq that gets no answer: when a deadline passes, the connection is broken and
// counts as lost. For questions whose answer takes no time; for statements of the user there is no
// such limit.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

struct pg_conn;

namespace migrator {

class Patience {
 public:
  Patience(pg_conn* handle, std::chrono::milliseconds limit);
  ~Patience() = default;  // the thread ends first
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;

  /// For the time of one call. Costs no thread of its own.
  class Waiting {
   public:
    explicit Waiting(Patience* patience) : patience_(patience) {
      if (patience_ != nullptr) patience_->begin();
    }
    ~Waiting() {
      if (patience_ != nullptr) patience_->end();
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    Patience* patience_;
  };

 private:
  using Clock = std::chrono::steady_clock;

  void begin();
  void end();
  void watch(const std::stop_token& stop);

  pg_conn* handle_;
  std::chrono::milliseconds limit_;
  std::mutex mutex_ = {};
  std::condition_variable_any changed_ = {};
  std::optional<Clock::time_point> deadline_ = std::nullopt;
  std::jthread thread_;
};

}  // namespace migrator
