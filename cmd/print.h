// Prints a finished report where and as the arguments want it, and returns its exit code.
#pragma once

#include "cmd/world.h"
#include "engine/base/error.h"
#include "engine/report/to_json.h"
#include "engine/report/to_text.h"

namespace migrator {

/// What was asked for, on standard output. Returns `code`.
int give(const std::string& text, int code);

/// "output-unwritable", of standard output: what main says when a command is done, and a command
/// itself where it would go on for long.
Error unwritable();

/// What --quiet leaves of findings.
std::string worse_than_notes(const World& world, const std::vector<Finding>& findings);

/// A run that went wrong tells so on standard error; with --quiet a good one only warns. The SQL of
/// a plan is what --sql asks for, with --quiet too.
int print(const World& world, const RunReport& report);
int print(const World& world, const PlanReport& report);

/// Reports that were asked for go to standard output; with --quiet only their findings.
template <typename Report>
int print(const World& world, const Report& report) {
  if (world.arguments.json) return give(to_json(report), report.head.exit_code);
  if (world.arguments.quiet)
    return give(worse_than_notes(world, report.findings), report.head.exit_code);
  return give(to_text(report, world.terminal.out), report.head.exit_code);
}

}  // namespace migrator
