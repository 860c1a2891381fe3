// migrator: the table of contents. Take in the world, parse, run, say what went wrong, return.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "cmd/arguments.h"
#include "cmd/commands.h"
#include "cmd/descriptors.h"
#include "cmd/environment.h"
#include "cmd/hide_arguments.h"
#include "cmd/print.h"
#include "cmd/signals.h"
#include "cmd/terminal.h"
#include "cmd/world.h"
#include "engine/report/exit_code.h"

namespace {

using namespace migrator;

/// Empty when it was removed: only a command that needs it has to say so.
std::filesystem::path working_folder() {
  std::error_code gone;
  return std::filesystem::current_path(gone);
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

/// On failure, the name of the command alone: an error is reported as that command's.
void take_in(World& world, const std::vector<std::string>& words, std::optional<HelpText>& help) {
  try {
    world.arguments = parse_arguments(words, help);
  } catch (const Error&) {
    world.arguments.command = command_named_by(words);
    throw;
  }
  world.terminal = Terminal::detect(world.variables, world.arguments.no_color);
}

int run(World& world, const std::vector<std::string>& words) {
  try {
    std::optional<HelpText> help;
    take_in(world, words, help);
    const int code = help ? give(help->text, kDone) : run_command_of(world);
    if (out_is_whole()) return code;
    // What went wrong with the command itself says more than that.
    return std::max(code, report_error(world, unwritable()));
  } catch (const Error& error) {
    return report_error(world, error);
  } catch (const std::exception& error) {
    return report_error(world, Error(ErrorKind::migration,
                                     {.id = "internal",
                                      .message = error.what(),
                                      .next = "this is a fault of migrator: please report it"}));
  }
}

}  // namespace

int main(int count, char** values) {
  occupy_standard_streams();
  const std::vector<std::string> words(values + 1, values + count);
  hide_secrets(count, values);
  const Signals signals;
  World world{.arguments = {},
              .variables = read_environment(),
              .working_folder = working_folder(),
              .host = host_name(),
              .stop = signals.token(),
              .signal_code = [&signals] { return signals.exit_code(); },
              .terminal = {}};
  // What errors of the command line itself go by.
  world.arguments.json = std::ranges::find(words, "--json") != words.end();
  world.terminal =
      Terminal::detect(world.variables, std::ranges::find(words, "--no-color") != words.end());
  const int code = run(world, words);
  return world.settled(code);
}
