#include <CLI/CLI.hpp>

#include "cmd/command_description.h"
#include "cmd/command_tree.h"

namespace migrator {
namespace {

std::string value_of(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name();
  if (option.get_expected_max() == 0 || option.get_type_size() == 0) return {};
  const std::string type = option.get_type_name();
  return type.substr(0, type.find(':'));
}

OptionDescription describe(const CLI::Option& option) {
  OptionDescription described{.names = {},
                              .value = value_of(option),
                              .what = option.get_description(),
                              .is_common = option.get_group() == "Everywhere"};
  for (const std::string& name : option.get_lnames()) described.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) described.names.push_back("-" + name);
  return described;
}

CommandDescription describe(const CLI::App& app, const std::string& name) {
  CommandDescription described{
      .name = name, .aliases = app.get_aliases(), .what = app.get_description()};
  for (const CLI::Option* option : app.get_options())
    described.options.push_back(describe(*option));
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    described.commands.push_back(
        describe(*command, name.empty() ? command->get_name() : name + " " + command->get_name()));
  return described;
}

}  // namespace

CommandDescription describe_commands() {
  Arguments unused;
  return describe(*make_whole_app(unused), "");
}

}  // namespace migrator
