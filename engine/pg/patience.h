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
  /// No limit yet.
  explicit Patience(pg_conn* handle);
  ~Patience() = default;  // the thread ends first
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;

  /// From the next call on; 0: none.
  void set_limit(std::chrono::milliseconds limit);
  /// Whatever the limit is set to.
  void set_most(std::chrono::milliseconds most);
  std::chrono::milliseconds limit() const;

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
  std::condition_variable_any changed_ = {};
  mutable std::mutex mutex_ = {};  ///< over what follows
  std::chrono::milliseconds limit_{0};
  std::chrono::milliseconds most_{0};  ///< 0: any
  std::optional<Clock::time_point> deadline_ = std::nullopt;
  std::jthread thread_;
};

}  // namespace migrator
