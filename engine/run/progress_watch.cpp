#include "engine/run/progress_watch.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/pg/activity.h"

namespace migrator {
namespace {

// The thread looks at the clock this often; nobody has to wake it for a statement that is short.
constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::seconds kConnectAgainAfter{60};
constexpr std::chrono::seconds kSilenceAfter{10};
constexpr std::size_t kShownCharacters = 80;

std::string shown(std::string_view sql) {
  const std::string_view line = sql.substr(0, sql.find('\n'));
  const std::size_t end = byte_of_character(line, kShownCharacters);
  return end < line.size() ? std::string(line.substr(0, end)) + "..." : std::string(line);
}

}  // namespace

ProgressWatch::ProgressWatch(Observer& observer, WatchOptions options)
    : observer_(observer),
      options_(std::move(options)),
      pid_(options_.pid),
      thread_([this](const std::stop_token& stop) { watch(stop); }),
      ended_by_(options_.stop, [this] { thread_.request_stop(); }) {}

void ProgressWatch::begin(const WatchedStatement& statement) {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  running_ = Running{.statement = statement,
                     .begun = now,
                     .tell_at = now + observer_.progress_interval(),
                     .look_at = Clock::time_point::max()};
  if (statement.lock_timeout > std::chrono::milliseconds(0))
    running_->look_at = now + statement.lock_timeout / 2;
  blockers_.clear();
  ++count_;
}

void ProgressWatch::end() {
  const std::lock_guard lock(mutex_);
  running_.reset();
  if (std::exchange(told_, false)) observer_.progress_over();
}

void ProgressWatch::sent(std::uint64_t bytes, std::uint64_t total) {
  const std::lock_guard lock(mutex_);
  if (!running_) return;
  running_->bytes_sent = bytes;
  running_->bytes_total = total;
}

void ProgressWatch::follow(int pid) {
  const std::lock_guard lock(mutex_);
  pid_ = pid;
}

int ProgressWatch::followed() const {
  const std::lock_guard lock(mutex_);
  return pid_;
}

std::vector<OtherSession> ProgressWatch::blockers() const {
  const std::lock_guard lock(mutex_);
  return blockers_;
}

/// When to look next; at the latest after a tick, since nobody wakes the thread.
ProgressWatch::Clock::time_point ProgressWatch::due() const {
  return running_ ? std::min(running_->tell_at, running_->look_at) : Clock::time_point::max();
}

void ProgressWatch::watch(const std::stop_token& stop) {
  std::uint64_t which = 0;
  while (wait_until_due(stop, which)) {
    connected_for_ = which;
    tell(look(stop), which);
    give_up_in_silence(which);
  }
}

bool ProgressWatch::wait_until_due(const std::stop_token& stop, std::uint64_t& which) {
  std::unique_lock lock(mutex_);
  while (Clock::now() < due()) {
    if (connection_ && count_ != connected_for_) {
      // An idle session may be in the way of what comes next (CREATE DATABASE ... TEMPLATE).
      lock.unlock();
      connection_.reset();
      lock.lock();
    }
    changed_.wait_until(lock, stop, std::min(due(), Clock::now() + kTick), [] { return false; });
    if (stop.stop_requested()) return false;
  }
  which = count_;
  return true;
}

/// What the server says; nothing when it cannot be asked.
StatementProgress ProgressWatch::look(const std::stop_token& stop) {
  const int pid = followed();
  if (pid == 0) return {};
  try {
    if (!connection_ && (!options_.connect || Clock::now() < connect_at_)) return {};
    if (!connection_) connection_ = options_.connect(stop);
    Activity activity = activity_of(*connection_, pid);
    return {.phase = std::move(activity.phase),
            .share = activity.share,
            .rows = activity.rows,
            .blockers = std::move(activity.blockers)};
  } catch (const std::exception&) {
    // It is a convenience: the run goes on without it, and so does the clock.
    connection_.reset();
    connect_at_ = Clock::now() + kConnectAgainAfter;
    return {};
  }
}

void ProgressWatch::give_up_in_silence(std::uint64_t which) {
  {
    const std::lock_guard lock(mutex_);
    if (!running_ || count_ != which || Clock::now() - running_->begun < kSilenceAfter) return;
    if (!connection_ || !options_.give_up || pid_ == 0) return;
  }
  try {
    const Answering found = answering(*connection_, followed());
    const bool was_seen = seen_for_ == which;
    if (found != Answering::absent) seen_for_ = which;
    // One that was never there may be on another server than this watch.
    if (found == Answering::something || (found == Answering::absent && !was_seen)) return;
  } catch (const std::exception&) {
    return;  // as above
  }
  const std::lock_guard lock(mutex_);
  if (running_ && count_ == which) options_.give_up();
}

void ProgressWatch::tell(StatementProgress progress, std::uint64_t which) {
  const std::lock_guard lock(mutex_);
  if (!running_ || count_ != which) return;
  blockers_ = progress.blockers;
  const WatchedStatement& statement = running_->statement;
  const auto now = Clock::now();
  if (running_->look_at != Clock::time_point::max())
    running_->look_at = now + statement.lock_timeout / 2;
  if (now < running_->tell_at) return;
  progress.file = statement.file;
  progress.line = statement.line;
  progress.statement = statement.number;
  progress.statements = statement.total;
  progress.what = shown(statement.sql);
  progress.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - running_->begun);
  progress.bytes_sent = running_->bytes_sent;
  progress.bytes_total = running_->bytes_total;
  running_->tell_at = now + observer_.progress_interval();
  told_ = true;
  observer_.progressing(progress);
}

}  // namespace migrator
