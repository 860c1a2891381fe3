#include <fmt/format.h>

#include "cmd/commands.h"
#include "cmd/open.h"
#include "cmd/print.h"
#include "cmd/serving.h"
#include "engine/run/tend.h"

namespace migrator {
namespace {

using Look = ProjectFiles::Look;

OrderPolicy order_of(const World& world, const Config& config) {
  return world.arguments.allow_late ? OrderPolicy::any : config.order.value;
}

/// Opens, runs, signs the report and prints it.
template <typename Action>
int run_and_print(const World& world, Creation creation, Look look, Action&& action) {
  Workplace place(world, creation, look);
  RunReport report = action(place);
  report.head = place.head(world.arguments.command, world.settled(report.head.exit_code));
  report.database_created = place.created;
  return print(world, report);
}

std::string reason_of(const World& world) {
  return world.arguments.reason.empty() ? "baseline" : world.arguments.reason;
}

Repair repair_of(const Arguments& arguments) {
  if (arguments.accept_file) return Repair::accept_file;
  if (arguments.mark_applied) return Repair::mark_applied;
  if (arguments.forget) return Repair::forget;
  return Repair::resume_at;
}

}  // namespace

int command_up(const World& world) {
  const auto serving = world.arguments.config.listen.empty()
                           ? nullptr
                           : serve_meanwhile(world, settle_config(world));
  const Look look = world.arguments.with_seeds ? Look::glance_with_seeds : Look::glance;
  return run_and_print(world, Creation::never, look, [&](Workplace& place) {
    const UpTarget target{.to = world.arguments.to,
                          .steps = world.arguments.steps,
                          .order = order_of(world, place.config),
                          .seeds = world.arguments.with_seeds,
                          .single_transaction = world.arguments.single_transaction};
    return up(place.site(world.stop), place.files, target);
  });
}

int command_down(const World& world) {
  return run_and_print(world, Creation::never, Look::whole, [&](Workplace& place) {
    const DownTarget target{.to = world.arguments.to, .steps = world.arguments.steps.value_or(1)};
    return down(place.site(world.stop), place.files.project(), target);
  });
}

int command_redo(const World& world) {
  return run_and_print(world, Creation::never, Look::whole, [&](Workplace& place) {
    return redo(place.site(world.stop), place.files.project(), world.arguments.steps.value_or(1),
                order_of(world, place.config));
  });
}

int command_seed(const World& world) {
  return run_and_print(world, Creation::never, Look::glance_with_seeds, [&](Workplace& place) {
    return up(place.site(world.stop), place.files,
              {.migrations = false,
               .seeds = true,
               .seeds_again = world.arguments.again,
               .seeds_verified = world.arguments.verify,
               .single_transaction = world.arguments.single_transaction,
               .dry_run = world.arguments.dry_run});
  });
}

int command_baseline(const World& world) {
  return run_and_print(world, Creation::never, Look::whole, [&](Workplace& place) {
    return baseline(place.site(world.stop), place.files.project(), world.arguments.baseline,
                    reason_of(world));
  });
}

int command_repair(const World& world) {
  return run_and_print(world, Creation::never, Look::whole, [&](Workplace& place) {
    return repair(place.site(world.stop), place.files.project(),
                  {.target = world.arguments.subject,
                   .repair = repair_of(world.arguments),
                   .statement = world.arguments.resume_at.value_or(0),
                   .reason = world.arguments.reason});
  });
}

}  // namespace migrator
