// Shows, from a thread and over a session of its own, that the migrator of a step lives: it renews
// the lease of the step's row while statements run that may take long. What it is not: what keeps a
// second migrator out of what was kept (the row's run and fence do), nor needed where a session can
// hold a lock.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <thread>

#include "engine/pg/history_table.h"
#include "engine/plan/planner.h"

namespace migrator {

class Heartbeat {
 public:
  using Connect = std::function<Connection(std::stop_token)>;

  /// The step's row is this run's, with that lease; all must outlive this. `connect` may throw
  /// Error: it is tried again. A stop request ends it.
  Heartbeat(const HistoryTable& table, const Step& step, const Runner& runner,
            std::chrono::milliseconds lease, Connect connect, const std::stop_token& stop);
  ~Heartbeat() = default;  // the thread ends first
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

 private:
  void beat(const std::stop_token& stop);

  const HistoryTable& table_;
  const Step& step_;
  const Runner& runner_;
  std::chrono::milliseconds lease_;
  Connect connect_;
  std::jthread thread_;
  std::stop_callback<std::function<void()>> ended_by_;
};

}  // namespace migrator
