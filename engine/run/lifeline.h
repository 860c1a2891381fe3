// Going on after a lost session: a new one within a budget of time, the end of what the old one may
// still hold, and the same work again. What the history says is what was kept, so the work has to
// read it first. What it does not do: decide what is left to do (the planner does), try again a
// statement that failed.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/report/outcome.h"
#include "engine/run/run_steps.h"
#include "engine/run/up.h"

namespace migrator {

/// Has new sessions made in place of lost ones of `site`.
class Lifeline {
 public:
  /// Both have to live as long; the report says how far the run is.
  Lifeline(const RunSite& site, const RunReport& report) : site_(site), report_(report) {}

  /// False when it is not to be tried: nobody wants it, or it was lost three times at the same
  /// place. Throws the Error of the last attempt when none could be had.
  bool connect_again(const Error& lost);

 private:
  /// Where a run stood when its session was lost.
  struct Standpoint {
    std::size_t steps = 0;
    std::string file = {};
    std::size_t statement = 0;

    auto operator<=>(const Standpoint&) const = default;
  };

  bool is_worth_it(const Error& lost);
  void end_old_session(int process) const;

  const RunSite& site_;
  const RunReport& report_;
  std::map<Standpoint, int> losses_ = {};
};

/// It is no standby.
bool takes_writes(Connection& connection);

/// A new session within that time, of a server that takes writes. Throws as Connection.
Connection session_within(const RunSite& site, std::chrono::milliseconds time);

/// The session is gone, and not because somebody asked us to stop.
bool is_lost(const RunSite& site, const Error& error);

/// `lost`, and why no new session could be had.
Error without_session(const Error& lost, const Error& last);

/// One go at it, in a session that holds or is lost meanwhile. `in_doubt` is what the last go left,
/// for settle.
using Work = std::function<std::optional<Lost>(std::vector<StepResult>& in_doubt)>;

/// Works until a session holds to the end, or none can be had again within
/// RunOptions::reconnect, or it is lost three times at the same place. The report then has the
/// error. Throws as `work` where nothing was done before.
void keep_going(const RunSite& site, RunReport& report, const Work& work);

/// Empties `in_doubt`: to the report goes what the history says was kept.
void settle(const RunSite& site, const History& history, std::vector<StepResult>& in_doubt,
            RunReport& report);

/// Takes out of a plan what this very run has applied, which only a plan that runs things again
/// (seeds) can have.
void leave_out_done(const RunSite& site, const History& history, Plan& plan);

}  // namespace migrator
