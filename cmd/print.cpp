#include "cmd/print.h"

namespace migrator {

void print_worse_than_notes(const World& world, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings)
    if (finding.severity != Severity::note) write_out(to_text(finding, world.terminal.out));
}

int print(const World& world, const RunReport& report) {
  if (world.arguments.json)
    write_out(to_json(report));
  else if (report.head.exit_code != 0)
    write_err(to_text(report, world.terminal.err));
  else if (world.arguments.quiet)
    print_worse_than_notes(world, report.findings);
  else
    write_out(to_text(report, world.terminal.out));
  return report.head.exit_code;
}

int print(const World& world, const PlanReport& report) {
  const PlanDetail detail = world.arguments.sql ? PlanDetail::sql : PlanDetail::outline;
  if (world.arguments.json)
    write_out(to_json(report));
  else
    write_out(to_text(report, detail, world.terminal.out));
  return report.head.exit_code;
}

}  // namespace migrator
