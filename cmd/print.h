// Prints a finished report where and as the arguments want it, and returns its exit code.
#pragma once

#include "cmd/world.h"
#include "engine/report/to_json.h"
#include "engine/report/to_text.h"

namespace migrator {

/// What was asked for, on standard output. The exit code: `code`, or kUsage with a word about it
/// when the output could not be written.
int give(const World& world, const std::string& text, int code);

/// What --quiet leaves of findings.
std::string worse_than_notes(const World& world, const std::vector<Finding>& findings);

/// A run that went wrong tells so on standard error; with --quiet a good one only warns. What was
/// done is done, whether or not it can be told.
int print(const World& world, const RunReport& report);
int print(const World& world, const PlanReport& report);

/// Reports that were asked for go to standard output; with --quiet only their findings.
template <typename Report>
int print(const World& world, const Report& report) {
  if (world.arguments.json) return give(world, to_json(report), report.head.exit_code);
  if (world.arguments.quiet)
    return give(world, worse_than_notes(world, report.findings), report.head.exit_code);
  return give(world, to_text(report, world.terminal.out), report.head.exit_code);
}

}  // namespace migrator
