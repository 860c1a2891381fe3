#include "engine/http/lookout.h"

namespace migrator {
namespace {

constexpr std::chrono::seconds kFreshFor{1};
constexpr std::chrono::milliseconds kLongestWait{900};

}  // namespace

Lookout::Lookout(Look look, HealthPolicy policy)
    : look_(std::move(look)),
      policy_(policy),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

bool Lookout::is_fresh(Clock::time_point now) const {
  return looked_at_ != Clock::time_point() && now - looked_at_ < kFreshFor;
}

void Lookout::wait_for_fresh(std::unique_lock<std::mutex>& lock) {
  const auto asked = Clock::now();
  if (is_fresh(asked)) return;
  is_wanted_ = true;
  changed_.notify_all();
  if (!is_overdue_ && changed_.wait_until(lock, thread_.get_stop_token(), asked + kLongestWait,
                                          [&] { return is_fresh(asked) || looked_at_ > asked; }))
    return;
  // What it has waited for may have come to an end too late for it, and the next look have begun.
  is_overdue_ = Clock::now() - began_at_ >= kLongestWait;
  // Rounded up: what is asked for in vain is never silent for 0 s.
  const auto silent = std::chrono::ceil<std::chrono::seconds>(Clock::now() - began_at_);
  view_.ready = view_.startup = unanswered(silent);
  view_.sight.error = Finding{
      .id = "no-answer",
      .message = "the database has not answered for " + std::to_string(silent.count()) + " s"};
}

void Lookout::run(const std::stop_token& stop) {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [&] { return is_wanted_ && !is_fresh(Clock::now()); });
      if (stop.stop_requested()) return;
      is_wanted_ = is_overdue_ = false;
      began_at_ = Clock::now();
    }
    publish(look_(stop));
  }
}

void Lookout::publish(Sight sight) {
  View view{.sight = std::move(sight)};
  view.ready = readiness(view.sight, policy_);
  view.startup = startup(view.sight, policy_);
  const std::lock_guard lock(mutex_);
  view.times = view_.times;
  view.times.add(Clock::now() - began_at_);
  // What was last seen is still worth showing, beside the reason why nothing is seen now.
  if (view.sight.error && view.sight.status.lines.empty())
    view.sight.status.lines = std::move(view_.sight.status.lines);
  view_ = std::move(view);
  is_overdue_ = false;
  looked_at_ = began_at_;
  changed_.notify_all();
}

}  // namespace migrator
