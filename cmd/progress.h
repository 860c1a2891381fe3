// Tells on the terminal what a run does while it does it: finished steps on standard output (on
// standard error with --json), what it waits for and what the server notices on standard error.
#pragma once

#include "cmd/terminal.h"
#include "engine/run/observer.h"

namespace migrator {

enum class Verbosity { normal, json, quiet };

class Progress : public Observer {
 public:
  Progress(Terminal terminal, Verbosity verbosity) : terminal_(terminal), verbosity_(verbosity) {}

  void step_finished(const StepResult& result) override;
  void noticed(const Finding& notice) override;
  void echoed(std::string_view text, EchoStream stream) override;
  void waiting(std::string_view for_what) override;

 private:
  Terminal terminal_;
  Verbosity verbosity_;
};

}  // namespace migrator
