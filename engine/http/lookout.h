// What is known of files and database, kept for a second: however many ask at once, one thread
// looks, with one session, and only while somebody asks. Who asks waits 0.9 s at most; when no look
// has come to an end by then, the answer is that there is none. So two seconds are the longest that
// a database can be silent and pass for one that answers.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "engine/report/metrics.h"

namespace migrator {

class Lookout {
 public:
  /// On the lookout's own thread; throws nothing.
  using Look = std::function<Sight(std::stop_token)>;

  struct View {
    Sight sight = {};
    HealthChecks ready = {};
    HealthChecks startup = {};
    LookTimes times = {};
  };

  Lookout(Look look, HealthPolicy policy);
  ~Lookout() = default;  // the thread ends first
  Lookout(const Lookout&) = delete;
  Lookout& operator=(const Lookout&) = delete;

  /// Calls `use` with what is known, for any thread; not while it changes.
  template <typename Use>
  auto with_view(Use&& use) {
    std::unique_lock lock(mutex_);
    wait_for_fresh(lock);
    return use(std::as_const(view_));
  }

 private:
  using Clock = std::chrono::steady_clock;

  void wait_for_fresh(std::unique_lock<std::mutex>& lock);
  bool is_fresh(Clock::time_point now) const;
  void run(const std::stop_token& stop);
  void publish(Sight sight);

  const Look look_;
  const HealthPolicy policy_;
  std::mutex mutex_ = {};  ///< over all that follows
  std::condition_variable_any changed_ = {};
  View view_ = {};
  Clock::time_point looked_at_ = {};           ///< when the look that `view_` is from began
  Clock::time_point began_at_ = Clock::now();  ///< when the last look began
  bool is_wanted_ = false;
  /// Somebody has waited for the look that goes on in vain: the next ones would stand in a queue to
  /// hear the same.
  bool is_overdue_ = false;
  std::jthread thread_;
};

}  // namespace migrator
