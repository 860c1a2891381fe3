// What a run tells while it goes on. The only abstract class: the terminal implements it, tests
// collect with it. Called on the thread of the run, but for `progressing`, which comes from another
// one, also while that of the run calls; must not throw.
#pragma once

#include <chrono>
#include <string_view>

#include "engine/base/finding.h"
#include "engine/plan/planner.h"
#include "engine/report/outcome.h"
#include "engine/report/progress.h"
#include "engine/sql/command.h"

namespace migrator {

class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;

  virtual void step_finished(const StepResult&) {}
  /// A NOTICE or WARNING of the server, with the place of its statement.
  virtual void noticed(const Finding&) {}
  /// \echo, \qecho and \warn of a file.
  virtual void echoed(std::string_view /*text*/, EchoStream) {}
  /// It waits: for the server, for another migrator; or something else happened on the way.
  virtual void waiting(std::string_view /*for_what*/) {}
  /// It still waits: told again and again, in place of what was told before.
  virtual void still_waiting(std::string_view for_what) { waiting(for_what); }
  /// It met a lock of the application, and pauses before it tries again.
  virtual void retrying(const Retry&) {}

  /// How often to tell of a statement that takes long; the first time when it has taken as long.
  virtual std::chrono::milliseconds progress_interval() const { return std::chrono::seconds(10); }
  virtual void progressing(const StatementProgress&) {}
  /// What `progressing` told of has ended, well or not.
  virtual void progress_over() {}
};

}  // namespace migrator
