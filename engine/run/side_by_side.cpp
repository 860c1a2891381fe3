#include "engine/run/side_by_side.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "engine/run/lifeline.h"
#include "engine/run/progress_watch.h"
#include "engine/run/step_runner.h"

namespace migrator {
namespace {

constexpr std::chrono::seconds kConnectTime{30};

/// What several threads tell, one after the other.
class InTurn : public Observer {
 public:
  InTurn(Observer& observer, std::mutex& mutex) : observer_(observer), mutex_(mutex) {}

  void noticed(const Finding& finding) override {
    const std::lock_guard lock(mutex_);
    observer_.noticed(finding);
  }
  void echoed(std::string_view text, EchoStream stream) override {
    const std::lock_guard lock(mutex_);
    observer_.echoed(text, stream);
  }
  void waiting(std::string_view for_what) override {
    const std::lock_guard lock(mutex_);
    observer_.waiting(for_what);
  }
  void still_waiting(std::string_view for_what) override {
    const std::lock_guard lock(mutex_);
    observer_.still_waiting(for_what);
  }
  void retrying(const Retry& retry) override {
    const std::lock_guard lock(mutex_);
    observer_.retrying(retry);
  }
  std::chrono::milliseconds progress_interval() const override {
    return observer_.progress_interval();
  }
  void progressing(const StatementProgress& progress) override {
    const std::lock_guard lock(mutex_);
    observer_.progressing(progress);
  }
  void progress_over() override {
    const std::lock_guard lock(mutex_);
    observer_.progress_over();
  }

 private:
  Observer& observer_;
  std::mutex& mutex_;
};

class SideBySide {
 public:
  SideBySide(const RunSite& site, std::span<const Step* const> steps)
      : site_(site), steps_(steps), ends_(steps.size()), in_turn_(site.observer, telling_) {}

  std::optional<SideBySideFailure> run(RunReport& report) {
    std::vector<std::jthread> workers;
    const std::size_t most = std::min(site_.options.jobs, steps_.size());
    for (std::size_t i = 0; i < most; ++i) workers.emplace_back([this] { work(); });
    std::optional<SideBySideFailure> failure;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      End end = wait_for(i);
      if (end.failure && !failure) failure = std::move(end.failure);
      if (!end.result) continue;
      report.results.push_back(std::move(*end.result));
      const std::lock_guard lock(telling_);
      site_.observer.step_finished(report.results.back());
    }
    return failure;
  }

 private:
  struct End {
    bool is_known = false;
    std::optional<StepResult> result = std::nullopt;
    std::optional<SideBySideFailure> failure = std::nullopt;
  };

  End wait_for(std::size_t index) {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&] { return ends_[index].is_known; });
    return std::move(ends_[index]);
  }

  /// After a failure the others are known not to have begun.
  std::optional<std::size_t> next() {
    const std::lock_guard lock(mutex_);
    if (next_ == steps_.size()) return std::nullopt;
    if (!has_failed_) return next_++;
    while (next_ < steps_.size()) ends_[next_++].is_known = true;
    ended_.notify_all();
    return std::nullopt;
  }

  void end(std::size_t index, End end) {
    const std::lock_guard lock(mutex_);
    has_failed_ = has_failed_ || end.failure.has_value();
    end.is_known = true;
    ends_[index] = std::move(end);
    ended_.notify_all();
  }

  void work() {
    std::optional<Connection> connection;
    while (const auto index = next()) {
      try {
        if (!connection) connection.emplace(session_within(site_, kConnectTime));
        end(*index, run_one(*connection, *steps_[*index]));
      } catch (const Error& error) {
        end(*index, {.failure = SideBySideFailure{.step = steps_[*index], .error = error}});
      } catch (const std::exception& error) {
        // Nobody else would hear of it, and the run would wait for ever.
        end(*index,
            {.failure = SideBySideFailure{
                 .step = steps_[*index],
                 .error = Error(ErrorKind::migration,
                                {.id = "internal",
                                 .message = error.what(),
                                 .next = "this is a fault of migrator: please report it"})}});
      }
    }
  }

  /// In another session when one is lost, as the run itself goes on (engine/run/lifeline).
  End run_one(Connection& connection, const Step& step) {
    const RunSite own{.connection = connection,
                      .table = site_.table,
                      .options = site_.options,
                      .observer = in_turn_,
                      .stop = site_.stop,
                      .connect_watcher = site_.connect_watcher,
                      .connect_anew = site_.connect_anew};
    RunReport kept;
    Lifeline lifeline(own, kept);
    End end = try_one(connection, step);
    while (end.failure && is_lost(own, end.failure->error)) {
      if (!is_connected_again(lifeline, *end.failure)) return end;
      std::vector<StepResult> in_doubt{end.failure->result};
      try {
        settle(own, site_.table.read(connection).history, in_doubt, kept);
      } catch (const Error& error) {
        if (is_lost(own, error)) continue;
        end.failure->error = error;  // what it left is in doubt still, and told as that
        return end;
      }
      if (!kept.results.empty()) return {.result = std::move(kept.results.front())};
      end = try_one(connection, step);
    }
    return end;
  }

  static bool is_connected_again(Lifeline& lifeline, SideBySideFailure& failure) {
    try {
      return lifeline.connect_again(failure.error);
    } catch (const Error& error) {
      failure.error = without_session(failure.error, error);
      return false;
    }
  }

  End try_one(Connection& connection, const Step& step) {
    ProgressWatch watch(in_turn_, {.pid = connection.backend_pid(),
                                   .connect = site_.connect_watcher,
                                   .give_up = [&] { connection.give_up(); },
                                   .stop = site_.stop});
    StepRunner runner(connection, site_.table, site_.options, in_turn_, watch, site_.stop);
    try {
      return {.result = runner.run(step)};
    } catch (const Error& error) {
      return {.failure = SideBySideFailure{.step = &step,
                                           .error = error,
                                           .result = runner.take_result(),
                                           .has_begun = runner.has_begun()}};
    }
  }

  const RunSite& site_;
  std::span<const Step* const> steps_;
  std::mutex mutex_ = {};  ///< for what follows
  std::condition_variable ended_ = {};
  std::vector<End> ends_;
  std::size_t next_ = 0;
  bool has_failed_ = false;
  std::mutex telling_ = {};
  InTurn in_turn_;
};

}  // namespace

std::optional<SideBySideFailure> run_side_by_side(const RunSite& site,
                                                  std::span<const Step* const> steps,
                                                  RunReport& report) {
  return SideBySide(site, steps).run(report);
}

}  // namespace migrator
