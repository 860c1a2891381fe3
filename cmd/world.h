// What a command is given of the world around it: the process's environment, folder, host, clock
// and terminal come in here, from main, and nowhere else.
#pragma once

#include <filesystem>
#include <functional>
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
  std::function<int()> signal_code;  ///< 128 + the number of the signal that came; 0: none
  Terminal terminal;

  /// The exit code of a command that comes to `code`: a signal that stopped it goes before.
  int settled(int code) const {
    const int signalled = signal_code ? signal_code() : 0;
    return code != 0 && signalled != 0 ? signalled : code;
  }

  Verbosity verbosity() const {
    return arguments.quiet  ? Verbosity::quiet
           : arguments.json ? Verbosity::json
                            : Verbosity::normal;
  }
};

}  // namespace migrator
