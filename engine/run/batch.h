// Steps that take no time (QuickSteps), sent to the server together in one message. Each is still a
// transaction of its own that begins with its row in the history. All COMMITs but the last do not
// wait for the server's disk: its log is written in order, so the last one is there after all of
// them, and none counts as done before. What it does not do: find out what went wrong. Where one
// fails, it and those behind it are as if they had never been sent, and StepRunner runs it anew.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/pg/pipeline.h"
#include "engine/plan/quick_steps.h"
#include "engine/run/progress_watch.h"
#include "engine/run/step_limits.h"
#include "engine/run/up.h"
#include "engine/sql/command.h"

namespace migrator {

struct BatchEnd {
  std::vector<StepResult> done = {};         ///< of the first steps, for certain
  bool failed = false;                       ///< the step behind them: it is to be run alone
  std::optional<Error> lost = std::nullopt;  ///< the session; some may be done then
  std::vector<StepResult> in_doubt = {};     ///< as they are to be told, if they are
};

class Batch {
 public:
  /// Precondition: the session is ours, with no pooler in between.
  Batch(const RunSite& site, ProgressWatch& watch, std::span<const Step> plan);

  /// Runs as many as may go together, from the `first` one of the plan on: none, when that one is
  /// not to.
  BatchEnd run(std::size_t first);

 private:
  struct Sent {
    std::size_t step;                               ///< in the order of the message
    std::string_view ours = {};                     ///< what it is for
    std::optional<Command> command = std::nullopt;  ///< of the file; absent: ours
    std::size_t number = 0;                         ///< ... from 0
  };

  std::span<const Step> together(std::size_t first) const;
  bool may_go(const Step& step) const;
  void begin_message();
  void add(const Step& step, bool is_last);
  void add_settings(std::size_t index);
  void add(Sent what, Query query);
  void add_prepared(Sent what, Query query);
  PipelineEnd send();
  void hear(const Notice& notice);
  WatchedStatement watched(const Sent& sent) const;
  std::size_t done(const PipelineEnd& end);
  void clean_up(std::size_t done);

  const RunSite& site_;
  ProgressWatch& watch_;
  std::span<const Step> plan_;
  std::span<const Step> steps_ = {};  ///< of the message
  const StepLimits limits_;
  bool has_order_ = false;        ///< a seed asks to run behind others
  std::vector<Pace> paces_ = {};  ///< of the plan's steps
  std::vector<Query> queries_ = {};
  std::vector<Sent> sent_ = {};            ///< what each of them is
  std::vector<std::size_t> rows_ = {};     ///< for each step, the one that ends its row ...
  std::vector<std::size_t> commits_ = {};  ///< ... and its COMMIT
  std::vector<StepResult> results_ = {};
  std::map<std::string, std::string> prepared_ = {};  ///< the names of those of the message
  std::size_t awaited_ = 0;
};

}  // namespace migrator
