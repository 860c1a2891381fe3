#include "cmd/print.h"

#include "engine/report/exit_code.h"

namespace migrator {

int give(const World& world, const std::string& text, int code) {
  if (write_out(text)) return code;
  write_err(to_text(Finding{.id = "output-unwritable",
                            .message = "standard output could not be written",
                            .next = "look at what it leads to: a full disk, a closed pipe"},
                    world.terminal.err));
  return kUsage;
}

std::string worse_than_notes(const World& world, const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings)
    if (finding.severity != Severity::note) text += to_text(finding, world.terminal.out);
  return text;
}

int print(const World& world, const RunReport& report) {
  if (world.arguments.json)
    write_out(to_json(report));
  else if (report.head.exit_code != 0)
    write_err(to_text(report, world.terminal.err));
  else if (world.arguments.quiet)
    write_out(worse_than_notes(world, report.findings));
  else
    write_out(to_text(report, world.terminal.out));
  return report.head.exit_code;
}

int print(const World& world, const PlanReport& report) {
  const PlanDetail detail = world.arguments.sql ? PlanDetail::sql : PlanDetail::outline;
  return give(world,
              world.arguments.json ? to_json(report) : to_text(report, detail, world.terminal.out),
              report.head.exit_code);
}

}  // namespace migrator
