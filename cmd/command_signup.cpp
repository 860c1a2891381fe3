#include <fmt/format.h>

#include "cmd/commands.h"
#include "cmd/print.h"
#include "cmd/site.h"
#include "engine/base/file.h"
#include "engine/cloud/sign_up.h"

namespace migrator {

int command_signup(const World& world) {
  const CognitoEvent event =
      read_cognito_event(read_file(world.working_folder / world.arguments.subject));
  const Site site(world);
  Connection connection = site.open(world);
  const SignUpOutcome outcome = sign_up(connection, event);
  FactsReport report{
      .head = site.head(world, connection),
      .sentence = fmt::format("{}: {}", event.trigger, to_text(outcome)),
      .facts = {{"trigger", event.trigger}, {"outcome", std::string(to_text(outcome))}}};
  return print(world, report);
}

}  // namespace migrator
