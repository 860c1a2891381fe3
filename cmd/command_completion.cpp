#include "cmd/commands.h"
#include "cmd/completion.h"
#include "cmd/print.h"
#include "engine/base/build.h"
#include "engine/report/exit_code.h"

namespace migrator {

int command_completion(const World& world) {
  const std::string& shell = world.arguments.subject;
  const CommandDescription tree = describe_commands();
  const std::string text =
      shell == "man" ? man_page(tree, program_version()) : completion_for(shell, tree);
  const FactsReport report{.head = {.command = world.arguments.command},
                           .facts = {{"shell", shell}, {"text", text}}};
  return give(world.arguments.json ? to_json(report) : text, kDone);
}

}  // namespace migrator
