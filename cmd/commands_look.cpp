#include <fmt/format.h>

#include <algorithm>

#include "cmd/commands.h"
#include "cmd/open.h"
#include "cmd/print.h"
#include "engine/base/text.h"
#include "engine/report/exit_code.h"
#include "engine/run/look.h"

namespace migrator {
namespace {

template <typename Action>
int look_and_print(const World& world, Action&& action) {
  Workplace place(world, Creation::never);
  auto report = action(place);
  report.head = place.head(world.arguments.command, report.head.exit_code);
  return print(world, report);
}

/// What to type next, from where things stand.
std::string next_command(const StatusReport& report) {
  const auto stands = [&](Standing standing, bool seed) {
    return std::ranges::any_of(report.lines, [&](const StatusLine& line) {
      return line.standing == standing && (line.kind == StepKind::seed) == seed;
    });
  };
  if (std::ranges::any_of(report.findings, [](const Finding& finding) {
        return finding.severity == Severity::error;
      }))
    return "migrator status";
  if (stands(Standing::pending, false)) return "migrator up";
  if (stands(Standing::pending, true)) return "migrator seed";
  return "migrator new NAME";
}

FactsReport overview_of(const StatusReport& report) {
  const auto pending = std::ranges::count(report.lines, Standing::pending, &StatusLine::standing);
  const std::string next = next_command(report);
  return {.head = report.head,
          .sentence = fmt::format("{}\n{} pending. Next: {} (migrator --help lists the commands)",
                                  where(report.head), pending, next),
          .facts = {{"pending", std::int64_t{pending}}, {"next", next}}};
}

}  // namespace

int command_status(const World& world) {
  return look_and_print(world, [](Workplace& place) {
    return status(place.connection, place.table, place.files.project(), place.config.order.value);
  });
}

int command_plan(const World& world) {
  return look_and_print(world, [&](Workplace& place) {
    const UpTarget target{
        .to = world.arguments.to,
        .steps = world.arguments.steps,
        .order = world.arguments.allow_late ? OrderPolicy::any : place.config.order.value,
        .single_transaction = world.arguments.single_transaction};
    return plan(place.connection, place.table, place.files.project(), target);
  });
}

int command_config(const World& world) {
  const Config config = settle_config(world);
  return print(world, ConfigReport{.head = {world.arguments.command, config.environment.value},
                                   .lines = describe(config),
                                   .findings = config.notes});
}

int command_overview(const World& world) {
  const Config config = settle_config(world);
  if (config.url && config.url->value.is_embedded() &&
      !local_server(world, config).status().running)
    return print(world,
                 FactsReport{.head = {.command = "", .environment = config.environment.value},
                             .sentence = fmt::format(
                                 "{}: the embedded PostgreSQL is not running.\n"
                                 "Next: migrator setup (migrator --help lists the commands)",
                                 config.environment.value),
                             .facts = {{"running", false}, {"next", "migrator setup"}}});
  Workplace place(world, Creation::never);
  StatusReport report =
      status(place.connection, place.table, place.files.project(), place.config.order.value);
  report.head = place.head("", kDone);
  return print(world, overview_of(report));
}

}  // namespace migrator
