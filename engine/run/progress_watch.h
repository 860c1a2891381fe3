// Watches the run's own statements from a thread of its own: of one that takes long it tells the
// observer, again and again, what the server knows of it. For that it opens a second connection,
// for each statement that takes long; where none can be had it tells the time alone.
// It never holds up the run: what it asks is thrown away when the statement is over meanwhile.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/report/progress.h"
#include "engine/run/observer.h"

namespace migrator {

/// What is being run; the texts must stay while it is watched.
struct WatchedStatement {
  std::string_view file;
  std::string_view sql;
  std::size_t line = 0;    ///< 0: none of the file's statements
  std::size_t number = 0;  ///< which of its file's, from 1
  std::size_t total = 0;
  /// It gives up when a lock is not to be had for so long: until then somebody has to ask who has
  /// it. 0: it waits.
  std::chrono::milliseconds lock_timeout{0};
};

/// How the watch looks on.
struct WatchOptions {
  int pid = 0;                                              ///< the server's process of the run
  std::function<Connection(std::stop_token)> connect = {};  ///< may be empty, may throw Error
  /// Called from the watch's thread when the server has answered and the answer has not come: the
  /// way back is broken, and the statement would be waited for in vain.
  std::function<void()> give_up = {};
  /// Ends it before its time, so that nobody has to wait for a server that does not answer.
  std::stop_token stop = {};
};

class ProgressWatch {
 public:
  ProgressWatch(Observer& observer, WatchOptions options);
  ~ProgressWatch() = default;  // the thread ends first
  ProgressWatch(const ProgressWatch&) = delete;
  ProgressWatch& operator=(const ProgressWatch&) = delete;

  /// For the time that it lives, this statement is being run. One at a time.
  class Watching {
   public:
    Watching(ProgressWatch& watch, const WatchedStatement& statement) : watch_(watch) {
      watch_.begin(statement);
    }
    ~Watching() { watch_.end(); }
    Watching(const Watching&) = delete;
    Watching& operator=(const Watching&) = delete;

   private:
    ProgressWatch& watch_;
  };

  const WatchOptions& options() const { return options_; }

  /// The run goes on in that process of the server; 0: nobody knows in which.
  void follow(int pid);

  /// Who was in the way of the last statement, when that was looked at.
  std::vector<OtherSession> blockers() const;

  /// How much of the data of the COPY that runs is sent.
  void sent(std::uint64_t bytes, std::uint64_t total);

 private:
  using Clock = std::chrono::steady_clock;

  struct Running {
    WatchedStatement statement;
    Clock::time_point begun;
    Clock::time_point tell_at;
    Clock::time_point look_at;  ///< for blockers alone, before a lock is given up
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_total = 0;
  };

  void begin(const WatchedStatement& statement);
  void end();
  Clock::time_point due() const;
  int followed() const;
  void watch(const std::stop_token& stop);
  bool wait_until_due(const std::stop_token& stop, std::uint64_t& which);
  StatementProgress look(const std::stop_token& stop);
  void tell(StatementProgress progress, std::uint64_t which);
  void give_up_in_silence(std::uint64_t which);

  Observer& observer_;
  const WatchOptions options_;
  std::optional<Connection> connection_ = std::nullopt;  ///< the thread's own
  std::uint64_t connected_for_ = 0;                      ///< the statement that it watches
  std::uint64_t seen_for_ = 0;  ///< that whose process it has seen on its server
  Clock::time_point connect_at_ = {};
  mutable std::mutex mutex_ = {};  ///< over all that follows
  std::condition_variable_any changed_ = {};
  std::optional<Running> running_ = std::nullopt;
  std::uint64_t count_ = 0;  ///< of statements so far: tells one from the next
  bool told_ = false;
  std::vector<OtherSession> blockers_ = {};
  int pid_ = 0;
  std::jthread thread_;
  std::stop_callback<std::function<void()>> ended_by_;
};

}  // namespace migrator
