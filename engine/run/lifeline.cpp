#include "engine/run/lifeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/pg/connect_error.h"
#include "engine/pg/pause.h"
#include "engine/pg/predecessor.h"
#include "engine/report/exit_code.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{2000};
constexpr milliseconds kShortestAttempt{1000};
constexpr int kMostLosses = 3;  // at one place: a statement that fells the server is not tried on
constexpr std::string_view kTransactionTimeout = "25P04";

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// How often a run may find another one ahead of it: what cannot be written for another reason (a
/// policy, a trigger on the history table) looks the same, and would for ever.
class LooksAgain {
 public:
  bool may_look_again(const RunSite& site, const RunReport& report) {
    if (!since_ || report.results.size() != steps_) since_ = Clock::now();
    steps_ = report.results.size();
    return Clock::now() - *since_ < site.options.lock_wait;
  }

 private:
  std::optional<Clock::time_point> since_ = std::nullopt;
  std::size_t steps_ = 0;
};

void conclude(const RunSite& site, RunReport& report, const Lost& lost) {
  if (report.results.empty() && lost.failed.empty()) throw Error(lost.error);
  report.error = lost.error.finding();
  report.head.exit_code = exit_code_of(lost.error.kind());
  for (const StepResult& result : lost.failed) {
    report.results.push_back(result);
    site.observer.step_finished(result);
  }
}

/// `last` is what ended the go before it, which may have left something in doubt.
std::optional<Lost> go(const RunSite& site, const Work& work, std::vector<StepResult>& in_doubt,
                       const std::optional<Lost>& last) {
  try {
    auto lost = work(in_doubt);
    if (lost) in_doubt = std::move(lost->in_doubt);
    return lost;
  } catch (const Error& error) {
    Lost lost{.error = error, .ends_here = !is_lost(site, error)};
    if (in_doubt.empty()) return lost;
    Finding finding = error.finding();
    finding.kept = last->error.finding().kept;
    return Lost{
        .error = Error(error.kind(), finding), .failed = last->failed, .ends_here = lost.ends_here};
  }
}

const AppliedMigration* row_of(const History& history, const std::string& id) {
  const auto row = std::ranges::find(history.rows, id, &AppliedMigration::id);
  return row == history.rows.end() ? nullptr : &*row;
}

bool is_applied_by(const AppliedMigration* row, const std::string& run_id) {
  return row != nullptr && row->state == StepState::applied && row->run_id == run_id;
}

}  // namespace

bool Lifeline::connect_again(const Error& lost) {
  if (!is_worth_it(lost)) return false;
  site_.observer.waiting(fmt::format("{} ({}); connecting again for up to {}",
                                     lost.finding().message, first_line(lost.finding().detail),
                                     seconds_text(site_.options.reconnect)));
  const int process = site_.connection.backend_pid();
  site_.connection = session_within(site_, site_.options.reconnect);
  end_old_session(process);
  site_.observer.waiting("connected again; the history says what was kept");
  return true;
}

bool Lifeline::is_worth_it(const Error& lost) {
  if (!site_.connect_anew || site_.stop.stop_requested()) return false;
  if (site_.options.reconnect <= milliseconds(0)) return false;
  if (lost.finding().sqlstate == kTransactionTimeout) return false;  // it was asked for
  Standpoint here{.steps = report_.results.size(), .statement = lost.finding().statement};
  if (lost.finding().place) here.file = lost.finding().place->file;
  return ++losses_[here] < kMostLosses;
}

/// One that cannot be ended is waited for where its lock or its row is wanted.
void Lifeline::end_old_session(int process) const {
  try {
    end_predecessor(site_.connection, process, site_.options.runner.run_id, site_.stop);
  } catch (const Error& error) {
    site_.observer.waiting("the old session could not be ended: " + error.finding().message);
  }
}

bool takes_writes(Connection& connection) {
  return connection.query("select pg_catalog.pg_is_in_recovery()").at(0).at(0) == "f";
}

Connection session_within(const RunSite& site, milliseconds time) {
  const auto deadline = Clock::now() + time;
  for (milliseconds next = kFirstPause;; next = std::min(next * 2, kLongestPause)) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    try {
      Connection anew = site.connect_anew(std::max(left, kShortestAttempt), site.stop);
      // While a failover goes on, what answers may be a standby still.
      if (left <= next || takes_writes(anew)) return anew;
      if (!pause(with_jitter(next), site.stop)) return anew;
    } catch (const Error& error) {
      if (!may_pass(error) || left <= next) throw;
      if (!pause(with_jitter(next), site.stop)) throw;
    }
  }
}

bool is_lost(const RunSite& site, const Error& error) {
  return error.kind() == ErrorKind::connection && !site.connection.is_alive();
}

Error without_session(const Error& lost, const Error& last) {
  Finding finding = lost.finding();
  finding.detail = fmt::format("{}{}and no new one could be had: {}", trim(finding.detail),
                               finding.detail.empty() ? "" : "\n", last.finding().message);
  return Error(ErrorKind::connection, finding);
}

void keep_going(const RunSite& site, RunReport& report, const Work& work) {
  Lifeline lifeline(site, report);
  std::vector<StepResult> in_doubt;
  std::optional<Lost> lost;
  LooksAgain looks;
  while ((lost = go(site, work, in_doubt, lost))) {
    if (lost->overtaken) {
      report.others_worked = true;
      site.observer.waiting(lost->error.finding().message + "; looking again");
    }
    if (lost->overtaken && looks.may_look_again(site, report) &&
        pause(with_jitter(kFirstPause), site.stop))
      continue;
    if (lost->overtaken || lost->ends_here) return conclude(site, report, *lost);
    bool is_connected = false;
    try {
      is_connected = lifeline.connect_again(lost->error);
    } catch (const Error& error) {
      lost->error = without_session(lost->error, error);
    }
    if (!is_connected) return conclude(site, report, *lost);
  }
}

void settle(const RunSite& site, const History& history, std::vector<StepResult>& in_doubt,
            RunReport& report) {
  for (StepResult& result : std::exchange(in_doubt, {})) {
    const AppliedMigration* const row = row_of(history, result.id);
    const bool kept = result.action == StepAction::undo
                          ? row == nullptr
                          : is_applied_by(row, site.options.runner.run_id);
    if (!kept) continue;
    if (row != nullptr) result.duration = row->duration.value_or(result.duration);
    report.results.push_back(std::move(result));
    site.observer.step_finished(report.results.back());
  }
}

void leave_out_done(const RunSite& site, const History& history, Plan& plan) {
  std::erase_if(plan.steps, [&](const Step& step) {
    return step.action == StepAction::apply &&
           is_applied_by(row_of(history, step.id), site.options.runner.run_id);
  });
}

}  // namespace migrator
