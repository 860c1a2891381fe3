#include "cmd/commands.h"
#include "cmd/completion.h"
#include "cmd/print.h"
#include "engine/base/build.h"

namespace migrator {

int command_completion(const World& world) {
  const std::string& shell = world.arguments.subject;
  const CommandDescription tree = describe_commands();
  const std::string text =
      shell == "man" ? man_page(tree, program_version()) : completion_for(shell, tree);
  if (!world.arguments.json) return give(world, text, 0);
  return print(world, FactsReport{.head = {.command = world.arguments.command},
                                  .facts = {{"shell", shell}, {"text", text}}});
}

}  // namespace migrator
