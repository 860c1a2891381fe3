#include "cmd/trials.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "cmd/scratch_place.h"
#include "engine/base/error.h"
#include "engine/project/roles_made.h"
#include "engine/run/drift.h"
#include "engine/run/proofs.h"

namespace migrator {
namespace {

void add(CheckReport& report, Proof proof) {
  std::ranges::move(proof.findings, std::back_inserter(report.findings));
  if (!proof.sentence.empty()) report.proved.push_back(std::move(proof.sentence));
}

bool is_wrong(const Project& project) {
  return std::ranges::any_of(
      project.findings, [](const Finding& finding) { return finding.severity == Severity::error; });
}

}  // namespace

void add_drift(const World& world, Workplace& place, CheckReport& report) {
  const Project& project = place.files.project();
  ScratchPlace scratch(world, place.config, place.progress);
  scratch.take_roles_of(place.connection, roles_made_going_up(project));
  Drift drift;
  {
    const ScratchDatabase database(
        scratch.url(), scratch.options(), world.stop,
        ScratchPlace::roles_of_files(place.config, project, place.progress));
    database.take_search_path_of(place.connection);
    ScratchRun run(database, place.table, place.options, world.stop, scratch.kind());
    place.progress.waiting("comparing the database with what its migrations make");
    drift = find_drift(place.connection, project, run, place.config.ignore.value);
  }
  scratch.tell_roles_left(world, project, drift.findings);
  report.drift = std::move(drift.differences);
  std::ranges::move(drift.findings, std::back_inserter(report.findings));
}

void add_proofs(const World& world, const Config& config, CheckReport& report) {
  const Project project = load_project(folders_for(world, config));
  if (is_wrong(project)) return;
  Progress progress(world.terminal, world.verbosity());
  const ScratchPlace scratch(world, config, progress);
  const HistoryTable table(config.schema.value, config.table.value);
  const RunOptions options = run_options(world, config);
  const Bench bench{scratch.url(),
                    scratch.options(),
                    table,
                    options,
                    scratch.kind(),
                    world.stop,
                    ScratchPlace::roles_of_files(config, project, progress)};
  if (world.arguments.from_scratch) {
    progress.waiting("applying all from scratch, twice");
    add(report, prove_from_scratch(bench, project));
  }
  if (world.arguments.downs && !world.stop.stop_requested()) {
    progress.waiting("undoing each migration and applying it again");
    add(report, prove_downs(bench, project, config.ignore.value));
  }
  scratch.tell_roles_left(world, project, report.findings);
}

}  // namespace migrator
