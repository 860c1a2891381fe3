#include "engine/run/proofs.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/pg/catalog_reading.h"
#include "engine/run/veiled_differences.h"

namespace migrator {
namespace {

const CatalogSides kSides{"after the first run", "after the second"};

bool runs_always(const Project& project, const StepResult& result) {
  for (const Seed& seed : project.seeds)
    if (seed.id() == result.id) return seed.part.directives.run == RunPolicy::always;
  return false;
}

Finding did_again(const StepResult& result) {
  return {.id = "second-run-works",
          .message = fmt::format("a second run did {} again: it should have found nothing to do",
                                 result.file),
          .place = Place{.file = result.file},
          .next = "this is a fault of migrator: please report it"};
}

Finding changed_again(const CatalogDifference& difference) {
  return {.severity = Severity::warning,
          .id = "second-run-changes",
          .message = fmt::format("a second run changed the schema: {} is {}", difference.object,
                                 to_text(difference.kind)),
          .detail = definitions_of(difference, kSides),
          .next = "what runs each time should leave the schema alone"};
}

Finding failed_again(Finding trouble) {
  trouble.id = "second-run-failed";
  trouble.message = "a second run fails: " + trouble.message;
  trouble.kept.clear();
  trouble.next = "what runs each time has to cope with what it left itself";
  return trouble;
}

std::string sentence_of(const Project& project) {
  return fmt::format("{} and {} run from scratch, and a second run finds nothing to do",
                     counted(project.migrations.size(), "migration"),
                     counted(project.seeds.size(), "seed"));
}

}  // namespace

Proof prove_from_scratch(const Bench& bench, const Project& project) {
  const ScratchDatabase database(bench.server, bench.connect, bench.stop, bench.roles);
  ScratchRun run(database, bench.table, bench.run, bench.stop);
  const UpTarget all{.seeds = true};
  if (auto trouble = trouble_of(run.up(project, all)))
    return {.findings = {failed_from_scratch(std::move(*trouble), bench.kind)}};
  const Catalog before = read_catalog(run.connection(), bench.table, bench.stop);
  const RunReport second = run.up(project, all);
  if (auto trouble = trouble_of(second)) return {.findings = {failed_again(std::move(*trouble))}};
  Proof proof;
  for (const StepResult& result : second.results)
    if (!runs_always(project, result)) proof.findings.push_back(did_again(result));
  const Catalog after = read_catalog(run.connection(), bench.table, bench.stop);
  for (const CatalogDifference& difference : compare_veiled(before, after, project))
    proof.findings.push_back(changed_again(difference));
  if (proof.findings.empty()) proof.sentence = sentence_of(project);
  return proof;
}

}  // namespace migrator
