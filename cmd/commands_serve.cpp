#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

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

constexpr std::chrono::milliseconds kBetweenLooks{500};

void wait_for(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait(lock, stop, [] { return false; });
}

/// A standby may be about to be promoted: it is waited for like a server that starts, unless there
/// is nothing to write.
RunReport up_once_writable(const World& world, Workplace& place, const UpTarget& target) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + longest_wait(world);
  const auto waits_on = [&] { return Clock::now() < deadline && pause(kBetweenLooks, world.stop); };
  for (;;) {
    try {
      return up(place.site(world.stop), place.files, target);
    } catch (const Error& error) {
      if (error.finding().id != "read-only" || takes_writes(place.connection)) throw;
      place.progress.waiting("  " + error.finding().message);
      do {
        if (!waits_on()) throw;
      } while (!takes_writes(place.connection));
    }
  }
}

/// The exit code of `up`, with the seeds where they are wanted.
int migrate(const World& world) {
  const Config config = settle_config(world);
  const auto server = serve_meanwhile(world, config);
  Workplace place(world, Creation::never,
                  world.arguments.with_seeds ? ProjectFiles::Look::glance_with_seeds
                                             : ProjectFiles::Look::glance,
                  Arrival::when_it_accepts);
  RunReport report = up_once_writable(
      world, place,
      {.order = world.arguments.allow_late ? OrderPolicy::any : place.config.order.value,
       .seeds = world.arguments.with_seeds});
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
