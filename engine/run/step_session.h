// What a step sets in its session, and how that ends with it: time limits, the name under which
// others see it, and what the file itself set, which a session that is somebody else's after each
// transaction (behind a transaction pooler) needs again and must not keep. What it does not do: run
// the file's statements (StatementRunner), decide about transactions (StepRunner).
#pragma once

#include <cstddef>

#include "engine/pg/connection.h"
#include "engine/plan/planner.h"
#include "engine/run/run_options.h"
#include "engine/run/statement_runner.h"
#include "engine/run/step_limits.h"

namespace migrator {

class StepSession {
 public:
  StepSession(Connection& connection, const RunOptions& options, StatementRunner& statements);

  bool is_pooled() const { return connection_.is_pooled(); }

  /// The limits of the step, for the transaction that is open or else the session.
  void limit_times(const Step& step, LockWait wait = LockWait::limited);
  const StepLimits& limits() const { return limits_; }
  /// What limit_times does beside setting them.
  void note_limits(const Step& step, LockWait wait = LockWait::limited);

  /// What the file set before statement `first`.
  void repeat_settings(const Step& step, std::size_t first);

  /// A statement that runs alone waits for old snapshots as well; a limit would only leave an
  /// invalid index behind. A limit that the file set itself stays.
  void wait_for_locks(const Step& step, LockWait wait);

  /// In the file's last transaction, before our own last write.
  void reset_inside(const Step& step);
  /// Behind it: no setting, role or temporary table of the file is left.
  void reset_behind();

  /// As their namesakes of engine/run/pooled_session, and nothing where there is no pooler.
  void refuse_lost_state(const Step& step) const;
  void warn_of_left_state(const Step& step, const Segment& segment) const;
  void warn_of_pooler(const Step& step) const;

 private:
  Connection& connection_;
  const RunOptions& options_;
  StatementRunner& statements_;
  const StepLimits limits_;
  LockWait lock_wait_ = LockWait::limited;  ///< as the session has it, unless the file changed it
};

}  // namespace migrator
