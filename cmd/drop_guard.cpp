#include "cmd/drop_guard.h"

#include <fmt/format.h>

#include "cmd/confirm.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

namespace migrator {
namespace {

constexpr const char* kKept = "the database: nothing was dropped";

}  // namespace

void require_leave_to_drop(const World& world, const Config& config, const std::string& name,
                           const std::string& shown) {
  const DatabaseArguments& said = world.arguments.database;
  const std::string& environment = config.environment.value;
  if (said.force_protected && *said.force_protected != name)
    throw Error(ErrorKind::usage, {.id = "not-confirmed",
                                   .message = fmt::format(
                                       "--force-protected names \"{}\", and the database is \"{}\"",
                                       *said.force_protected, name),
                                   .detail = shown,
                                   .kept = kKept});
  if (config.is_protected.value && !said.force_protected)
    throw Error(ErrorKind::usage,
                {.id = "environment-protected",
                 .message = fmt::format("the environment \"{}\" is protected", environment),
                 .detail = shown,
                 .kept = kKept,
                 .next = fmt::format("if that database is really to go: --force-protected {}; "
                                     "`protected` of [env.{}] decides",
                                     name, environment)});
  if (said.yes || said.force_protected) return;
  const auto answer = ask(
      fmt::format("This drops {}\nand all that is in it. Its name, to go on: ", shown), world.stop);
  if (answer && trim(*answer) == name) return;
  throw Error(ErrorKind::usage,
              {.id = "not-confirmed",
               .message = answer ? "that is not its name"
                                 : fmt::format("the database \"{}\" is dropped only when somebody "
                                               "types its name",
                                               name),
               .detail = shown,
               .kept = kKept,
               .next = answer ? "" : "--yes, where there is no terminal to ask at"});
}

}  // namespace migrator
