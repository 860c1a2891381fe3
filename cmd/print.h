// Prints a finished report where and as the arguments want it, and returns its exit code.
#pragma once

#include "cmd/world.h"
#include "engine/report/to_json.h"
#include "engine/report/to_text.h"

namespace migrator {

/// What --quiet leaves of findings.
void print_worse_than_notes(const World& world, const std::vector<Finding>& findings);

/// A run that went wrong tells so on standard error; with --quiet a good one only warns.
int print(const World& world, const RunReport& report);
int print(const World& world, const PlanReport& report);

/// Reports that were asked for go to standard output; with --quiet only their findings.
template <typename Report>
int print(const World& world, const Report& report) {
  if (world.arguments.json) {
    write_out(to_json(report));
  } else if (world.arguments.quiet) {
    print_worse_than_notes(world, report.findings);
  } else {
    write_out(to_text(report, world.terminal.out));
  }
  return report.head.exit_code;
}

}  // namespace migrator
