// What a command is given of the world around it: the process's environment, folder, host, clock
// and terminal come in here, from main, and nowhere else.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "cmd/arguments.h"
#include "cmd/progress.h"
#include "cmd/terminal.h"
#include "engine/project/config.h"

namespace migrator {

struct World {
  Arguments arguments;
  EnvironmentVariables variables;
  std::filesystem::path working_folder;
  std::string host;
  std::stop_token stop;
  Terminal terminal;

  Verbosity verbosity() const {
    return arguments.quiet  ? Verbosity::quiet
           : arguments.json ? Verbosity::json
                            : Verbosity::normal;
  }
};

}  // namespace migrator
