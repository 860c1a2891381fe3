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
                       RunOptions options, std::stop_token stop, ScratchKind kind)
    : table_(table),
      options_(on_scratch(std::move(options))),
      stop_(std::move(stop)),
      kind_(kind),
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

std::string advice_for_scratch(const Finding& trouble, ScratchKind kind) {
  const bool is_own = kind == ScratchKind::own_server;
  const auto says = [&](std::string_view text) {
    return trouble.message.find(text) != std::string::npos;
  };
  if (trouble.sqlstate == "42704" && says("role \"") && says("does not exist"))
    return is_own ? "name the roles that are there before as `roles` of [check]"
                  : "make that role on the scratch server, which is not migrator's own: `roles` of "
                    "[check] are not made there";
  if (trouble.sqlstate == "42710" && says("role \""))
    return is_own ? "take it out of `roles` of [check]: the files make it"
                  : "drop it there, if a check that was killed has left it; else name another "
                    "server as `scratch` of [check], or none: roles are a whole server's";
  const bool lacks_extension =
      (trouble.sqlstate == "0A000" && says("extension \"")) || says("extension control file");
  if (!lacks_extension) return {};
  return is_own ? "install it beside the PostgreSQL of this machine, or name a server that has it "
                  "as `scratch` of [check]"
                : "install it on the scratch server, or name one that has it as `scratch` of "
                  "[check]";
}

Finding failed_from_scratch(Finding trouble, ScratchKind kind) {
  const std::string advice = advice_for_scratch(trouble, kind);
  trouble.severity = Severity::error;
  trouble.id = "from-scratch-failed";
  trouble.message = "the migrations do not run from scratch: " + trouble.message;
  trouble.kept.clear();
  trouble.next = advice.empty() ? "mend it: no new database can be made from these files" : advice;
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
