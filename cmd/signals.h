// SIGINT and SIGTERM as a stop request: the running statement is cancelled and its transaction
// rolled back. A second signal leaves at once. SIGPIPE is ignored, so that a reader that goes away
// does not end a migration half-way. SIGBUS, which a mapped file gives whose
// end was cut off, ends the program with a word.
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace migrator {

class Signals {
 public:
  /// Make it before any other thread: they inherit the blocked signals.
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  std::stop_token token() const { return stop_.get_token(); }

  /// The exit code that tells of the signal, 128 + its number; 0 when none came.
  int exit_code() const { return signal_ == 0 ? 0 : 128 + signal_; }

 private:
  void watch(const std::stop_token& done);

  std::stop_source stop_;
  std::atomic<int> signal_ = 0;
  std::jthread watcher_;
};

}  // namespace migrator
