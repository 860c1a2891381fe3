#include <fmt/format.h>

#include "cmd/commands.h"
#include "cmd/print.h"
#include "cmd/site.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/cloud/sign_up.h"

namespace migrator {
namespace {

CognitoEvent read_event(const World& world) {
  const std::string& file = world.arguments.subject;
  const std::string text = read_file(world.working_folder / file);
  try {
    return read_cognito_event(text);
  } catch (const Error& error) {
    Finding finding = error.finding();
    finding.place = Place{.file = file};
    throw Error(error.kind(), std::move(finding));
  }
}

}  // namespace

int command_signup(const World& world) {
  const CognitoEvent event = read_event(world);
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
