#include "engine/run/scratch_run.h"

#include <utility>

#include "engine/base/error.h"
#include "engine/run/run_id.h"

namespace migrator {
namespace {

constexpr std::chrono::seconds kPatience{60};

}  // namespace

RunOptions on_scratch(RunOptions options) {
  options.lock_wait = kPatience;
  options.reconnect = std::chrono::milliseconds(0);
  return options;
}

ScratchRun::ScratchRun(const ScratchDatabase& database, const HistoryTable& table,
                       RunOptions options, std::stop_token stop)
    : table_(table),
      options_(on_scratch(std::move(options))),
      stop_(std::move(stop)),
      connection_(database.open(stop_)) {
  connection_.set_patience(kPatience);
}

RunReport ScratchRun::up(const Project& project, const UpTarget& target) {
  RunReport report = migrator::up(site(), project, target);
  refuse_if_stopped_on_scratch(stop_);
  return report;
}

RunReport ScratchRun::down(const Project& project, const DownTarget& target) {
  RunReport report = migrator::down(site(), project, target);
  refuse_if_stopped_on_scratch(stop_);
  return report;
}

void refuse_if_stopped_on_scratch(const std::stop_token& stop) {
  if (stop.stop_requested())
    throw Error(ErrorKind::migration, {.id = "cancelled",
                                       .message = "cancelled while the migrations were run on a "
                                                  "scratch database"});
}

std::optional<Finding> trouble_of(const RunReport& report) {
  if (report.error) return report.error;
  for (const Finding& finding : report.findings)
    if (report.head.exit_code != 0 && finding.severity == Severity::error) return finding;
  return std::nullopt;
}

Finding failed_from_scratch(Finding trouble) {
  const bool unknown_role =
      trouble.sqlstate == "42704" && trouble.message.find("role") != std::string::npos;
  trouble.severity = Severity::error;
  trouble.id = "from-scratch-failed";
  trouble.message = "the migrations do not run from scratch: " + trouble.message;
  trouble.kept.clear();
  trouble.next = unknown_role ? "name the roles that are there before as `roles` of [check]"
                              : "mend it: no new database can be made from these files";
  return trouble;
}

/// Each run has an id of its own, as each process would.
RunSite ScratchRun::site() {
  options_.runner.run_id = make_run_id();
  return {.connection = connection_,
          .table = table_,
          .options = options_,
          .observer = silent_,
          .stop = stop_};
}

}  // namespace migrator
