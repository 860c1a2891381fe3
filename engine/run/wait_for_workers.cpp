#include "engine/run/wait_for_workers.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/pg/pause.h"
#include "engine/pg/table_workers.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{1000};
constexpr milliseconds kTellEvery{5000};

Error gave_up(const OtherSession& worker, milliseconds limit) {
  return Error(
      ErrorKind::lock,
      {.id = "index-under-construction",
       .message = fmt::format("another session is at work on what this statement builds or "
                              "detaches; gave up waiting after {}",
                              seconds_text(limit)),
       .detail = describe(worker),
       .next = fmt::format("wait until it is done and run again; a session without an owner is "
                           "ended by SELECT pg_terminate_backend({})",
                           worker.pid)});
}

Error stopped(const OtherSession& worker) {
  return Error(ErrorKind::migration,
               {.id = "cancelled",
                .message = "stopped while another session was at work on the same thing",
                .detail = describe(worker),
                .next = "run the same command again"});
}

}  // namespace

void wait_for_workers(Connection& connection, const HealOptions& options,
                      const std::function<std::vector<std::string>()>& tables) {
  const auto begun = Clock::now();
  auto tell_at = begun;
  for (milliseconds next = kFirstPause;; next = std::min(next * 3 / 2, kLongestPause)) {
    const std::vector<OtherSession> workers = workers_on(connection, tables());
    if (workers.empty()) return;
    const auto now = Clock::now();
    const auto waited = std::chrono::duration_cast<milliseconds>(now - begun);
    if (waited >= options.limit) throw gave_up(workers[0], options.limit);
    if (options.waiting && now >= tell_at) {
      options.waiting(
          fmt::format("waiting for {} ({} s so far)", describe(workers[0]), waited.count() / 1000));
      tell_at = now + kTellEvery;
    }
    if (!pause(std::min(next, options.limit - waited), options.stop)) throw stopped(workers[0]);
  }
}

}  // namespace migrator
