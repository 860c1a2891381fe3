// The time limits of a step and the name of its session, and the statements that set them. What it
// does not do: set them (StepSession, Batch).
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/pg/settings.h"
#include "engine/plan/planner.h"
#include "engine/run/run_options.h"

namespace migrator {

enum class LockWait { limited, unlimited };

class StepLimits {
 public:
  /// Of a session as it is between two steps.
  StepLimits(const Connection& connection, const RunOptions& options);

  /// 0: none.
  std::chrono::milliseconds lock_timeout(const Step& step, LockWait wait = LockWait::limited) const;

  /// One is asked for that this server does not know.
  bool lacks_transaction_timeout(const Step& step) const;

  /// The limits alone, as the server's parameters.
  std::vector<ServerSetting> settings(const Step& step, LockWait wait = LockWait::limited) const;
  /// What the session is called while the step runs, by which others know what is being done: after
  /// its file, unless a name was asked for.
  ServerSetting name_of(const Step& step) const;

  /// All of it as statements.
  std::vector<Query> queries(const Step& step, SettingScope scope,
                             LockWait wait = LockWait::limited) const;

 private:
  std::chrono::milliseconds transaction_timeout(const Step& step) const;

  const RunOptions& options_;
  const bool knows_transaction_timeout_;
  const bool is_pooled_;
  const bool checks_client_;  ///< asks the server to notice that its client has gone
  const std::string name_;    ///< of the session at the beginning
  const bool is_named_;       ///< after the run: nobody asked for another application_name
};

}  // namespace migrator
