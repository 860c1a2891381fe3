#include "cmd/print.h"

#include "engine/report/exit_code.h"

namespace migrator {

int give(const std::string& text, int code) {
  write_out(text);
  return code;
}

Error unwritable() {
  return {ErrorKind::configuration,
          {.id = "output-unwritable",
           .message = "standard output could not be written",
           .next = "look at what it leads to: a full disk, a closed pipe"}};
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
  const int code = report.head.exit_code;
  if (world.arguments.json) return give(to_json(report), code);
  if (world.arguments.quiet && !world.arguments.sql)
    return give(worse_than_notes(world, report.findings), code);
  return give(to_text(report, detail, world.terminal.out), code);
}

}  // namespace migrator
