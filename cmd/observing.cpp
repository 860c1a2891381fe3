#include "cmd/observing.h"

#include <optional>
#include <string>
#include <utility>

#include "cmd/open.h"
#include "cmd/progress.h"
#include "cmd/scratch_place.h"
#include "engine/base/error.h"
#include "engine/pg/scratch_database.h"
#include "engine/project/roles_made.h"
#include "engine/run/observe.h"

namespace migrator {
namespace {

/// Who has not asked for it is told how to do without.
ScratchPlace place_for(const World& world, const Config& config, Observer& progress) {
  try {
    return ScratchPlace(world, config, progress);
  } catch (const Error& error) {
    if (world.arguments.observe) throw;
    Finding finding = error.finding();
    finding.next +=
        std::string(finding.next.empty() ? "" : "; or ") + "--no-observe judges without a run";
    throw Error(error.kind(), std::move(finding));
  }
}

}  // namespace

std::function<ObservedRun(const LintOptions&, std::vector<Finding>&)> observing(
    const World& world, const Config& config, const Project& project, Connection* target) {
  return [&world, &config, &project, target](const LintOptions& options,
                                             std::vector<Finding>& findings) {
    Progress progress(world.terminal, world.verbosity());
    ScratchPlace place = place_for(world, config, progress);
    if (target != nullptr) place.take_roles_of(*target, roles_made_going_up(project));
    std::optional<ScratchDatabase> database(
        std::in_place, place.url(), place.options(), world.stop,
        ScratchPlace::roles_of_files(config, project, progress));
    if (target != nullptr) database->take_search_path_of(*target);
    progress.waiting("running what is new on a scratch database");
    const HistoryTable table(config.schema.value, config.table.value);
    const RunOptions run = run_options(world, config);
    Observer silent;
    ObservedRun observed =
        observe({.open = [&](const std::stop_token& stop) { return database->open(stop); },
                 .table = table,
                 .history = {config.schema.value, config.table.value},
                 .options = run,
                 .observer = silent,
                 .own_server = place.kind() == ScratchKind::own_server,
                 .stop = world.stop},
                project, options, findings);
    database.reset();
    place.tell_roles_left(world, project, findings);
    return observed;
  };
}

}  // namespace migrator
