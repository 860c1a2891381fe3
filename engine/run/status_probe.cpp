#include "engine/run/status_probe.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "engine/base/error.h"
#include "engine/report/exit_code.h"
#include "engine/run/look.h"

namespace migrator {
namespace {

/// What differs when a migration got on: its journal, or how far the server is with a statement.
std::string motion_of(const StatusReport& report) {
  std::string text;
  for (const StatusLine& line : report.lines)
    if (line.standing == Standing::half_done)
      text += fmt::format("{} {} {}\n", line.id, line.statements_done, line.run_id);
    else if (!line.applied_at.empty())
      text += line.id + "\n";
  if (const auto& work = report.running)
    text += fmt::format("{} {} {} {} {}", work->migrator.pid, work->file, work->phase,
                        work->share.value_or(0), work->rows);
  return text;
}

}  // namespace

StatusProbe::StatusProbe(ProbeSite site)
    : site_(std::move(site)), files_(site_.folders), pool_(site_.connect, {.connections = 1}) {}

Sight StatusProbe::look(const std::stop_token& stop) {
  Sight sight{.status = {}, .when = std::chrono::system_clock::now()};
  const auto fail = [&](const Finding& finding, int exit_code) {
    sight.error = finding;
    sight.status.head.exit_code = exit_code;
  };
  try {
    sight.status = ask(stop);
    facts_ = sight.status.head.database;
    note_motion(sight.status);
    note_waiting(sight.status);
  } catch (const Error& error) {
    fail(error.finding(), exit_code_of(error.kind()));
  } catch (const std::exception& error) {
    fail({.id = "internal", .message = error.what()}, kMigrationFailed);
  }
  if (sight.error) blocked_since_.reset();
  sight.status.head.command = "status";
  sight.status.head.environment = site_.environment;
  sight.status.head.database = facts_;
  sight.waited_for_locks = waited_;
  sight.motionless =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - moved_at_);
  return sight;
}

StatusReport StatusProbe::ask(const std::stop_token& stop) {
  const Project& project = files_.project();
  Pool::Lease connection = pool_.lend(stop);
  try {
    require_supported(connection->server_version());
    StatusReport report = status(*connection, site_.table, project, site_.order);
    report.head.database = facts_of(*connection, site_.url);
    return report;
  } catch (...) {
    // Whatever it was: the next look begins with a session that nothing happened to.
    connection.close();
    throw;
  }
}

void StatusProbe::note_motion(const StatusReport& report) {
  std::string now = motion_of(report);
  if (now == motion_) return;
  motion_ = std::move(now);
  moved_at_ = Clock::now();
}

/// From one look to the next, if it was blocked at both.
void StatusProbe::note_waiting(const StatusReport& report) {
  const bool is_blocked = report.running && !report.running->blockers.empty();
  const auto now = Clock::now();
  if (is_blocked && blocked_since_) waited_ += now - *blocked_since_;
  blocked_since_ = is_blocked ? std::optional(now) : std::nullopt;
}

}  // namespace migrator
