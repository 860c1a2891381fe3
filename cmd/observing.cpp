#include "cmd/observing.h"

#include "cmd/open.h"
#include "cmd/progress.h"
#include "cmd/scratch_place.h"
#include "engine/pg/scratch_database.h"
#include "engine/run/observe.h"

namespace migrator {

std::function<ObservedRun(const LintOptions&, std::vector<Finding>&)> observing(
    const World& world, const Config& config, const Project& project, Connection* target) {
  return [&world, &config, &project, target](const LintOptions& options,
                                             std::vector<Finding>& findings) {
    Progress progress(world.terminal, world.verbosity());
    ScratchPlace place(world, config, progress);
    if (target != nullptr) place.take_roles_of(*target);
    const ScratchDatabase database(place.url(), place.options(), world.stop);
    if (target != nullptr) database.take_search_path_of(*target);
    progress.waiting("running what is new on a scratch database");
    const HistoryTable table(config.schema.value, config.table.value);
    const RunOptions run = run_options(world, config);
    Observer silent;
    return observe({.open = [&](const std::stop_token& stop) { return database.open(stop); },
                    .table = table,
                    .history = {config.schema.value, config.table.value},
                    .options = run,
                    .observer = silent,
                    .own_server = config.scratch.value.is_embedded(),
                    .stop = world.stop},
                   project, options, findings);
  };
}

}  // namespace migrator
