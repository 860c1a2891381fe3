// A statement such as CREATE INDEX CONCURRENTLY that is held up half way, in a session and a thread
// of its own, by a transaction that it has to wait for; then let go, or broken off.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "engine/base/finding.h"
#include "engine/pg/connection.h"
#include "tests/support/test_server.h"

namespace migrator {

class HeldStatement {
 public:
  /// Returns when `sql` waits for the transaction of `holding` (its statements behind BEGIN).
  HeldStatement(const TestDatabase& database, std::string_view sql,
                std::string_view holding = kOldSnapshot);
  ~HeldStatement();
  HeldStatement(const HeldStatement&) = delete;
  HeldStatement& operator=(const HeldStatement&) = delete;

  int pid() const { return pid_; }
  /// Ends the transaction that holds it up, and waits until it is done. May be called again.
  void release();
  /// Kills the server's process of the statement.
  void terminate();
  /// Cancels it, as a timeout does.
  void cancel();
  /// How it failed, after one of these.
  const std::optional<Finding>& failure() const { return failure_; }

  static constexpr std::string_view kOldSnapshot =
      "set transaction isolation level repeatable read; select 1";

 private:
  void end(std::string_view function);

  Connection control_;
  Connection holder_;
  Connection worker_;
  int pid_ = 0;
  std::optional<Finding> failure_;
  std::jthread thread_;
};

}  // namespace migrator
