#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "cmd/become.h"
#include "cmd/commands.h"
#include "cmd/open.h"
#include "cmd/print.h"
#include "cmd/serving.h"
#include "engine/base/error.h"
#include "engine/pg/pause.h"
#include "engine/report/exit_code.h"
#include "engine/run/lifeline.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kBetweenLooks{500};

void wait_for(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait(lock, stop, [] { return false; });
}

Error stopped_waiting() {
  return Error(ErrorKind::connection,
               {.id = "cancelled",
                .message = "stopped while waiting for the standby to be promoted",
                .kept = "nothing was changed",
                .next = "run the same command again"});
}

/// Nothing where the session is lost.
std::optional<bool> takes_writes_if_alive(Connection& connection) {
  try {
    return takes_writes(connection);
  } catch (const Error&) {
    if (connection.is_alive()) throw;
    return std::nullopt;
  }
}

void connect_again(const World& world, Workplace& place, milliseconds limit) {
  place.progress.waiting("  the session was lost; connecting again");
  try {
    place.connection = session_within(place.site(world.stop), limit);
  } catch (const Error&) {
    if (world.stop.stop_requested()) throw stopped_waiting();
    throw;
  }
}

void wait_for_promotion(const World& world, Workplace& place, const Error& standby,
                        Clock::time_point deadline) {
  place.progress.waiting("  " + standby.finding().message);
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    if (left <= milliseconds(0)) throw Error(standby);
    if (!pause(std::min(left, kBetweenLooks), world.stop)) throw stopped_waiting();
    const std::optional<bool> promoted = takes_writes_if_alive(place.connection);
    if (promoted.value_or(false)) return;
    if (!promoted) connect_again(world, place, left);
  }
}

/// A standby may be about to be promoted: it is waited for like a server that starts, unless there
/// is nothing to write.
RunReport up_once_writable(const World& world, Workplace& place, const UpTarget& target,
                           Clock::time_point deadline) {
  for (bool is_second = false;; is_second = true) {
    try {
      return up(place.site(world.stop), place.files, target);
    } catch (const Error& error) {
      if (error.finding().id != "read-only") throw;
      const bool takes = takes_writes_if_alive(place.connection).value_or(false);
      // Promoted just now, or read-only for another reason, which is so the next time.
      if (takes && is_second) throw;
      if (!takes) wait_for_promotion(world, place, error, deadline);
      place.files.look_again();  // they may have come or changed meanwhile
    }
  }
}

/// The exit code of `up`, with the seeds where they are wanted.
int migrate(const World& world) {
  const Config config = settle_config(world);
  const auto server = serve_meanwhile(world, config);
  const auto deadline = Clock::now() + longest_wait(world);  // of all that is waited for
  Workplace place(world, Creation::never,
                  world.arguments.with_seeds ? ProjectFiles::Look::glance_with_seeds
                                             : ProjectFiles::Look::glance,
                  Arrival::when_it_accepts);
  RunReport report = up_once_writable(
      world, place,
      {.order = world.arguments.allow_late ? OrderPolicy::any : place.config.order.value,
       .seeds = world.arguments.with_seeds},
      deadline);
  report.head = place.head(world.arguments.command, world.settled(report.head.exit_code));
  return print(world, report);
}

int migrate_or_tell(const World& world) {
  try {
    return migrate(world);
  } catch (const Error& error) {
    return report_error(world, error);
  }
}

}  // namespace

int command_serve(const World& world) {
  const Config config = settle_config(world);
  const Serving serving(world, config);
  wait_for(world.stop);
  return kDone;
}

/// Whatever the command is started with, sessions, threads and sockets of ours are gone by then.
int command_run(const World& world) {
  const int code = migrate_or_tell(world);
  const bool was_stopped = world.stop.stop_requested();
  if (was_stopped || (code != kDone && !world.arguments.start_anyway)) return code;
  const std::vector<std::string>& program = world.arguments.program;
  const std::string reason = become(program, world.variables);
  throw Error(ErrorKind::usage,
              {.id = "program-not-started",
               .message = fmt::format("{} cannot be started: {}", program.front(), reason),
               .kept = "what was applied before stays",
               .next = "look at its path and its rights"});
}

}  // namespace migrator
