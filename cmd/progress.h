// Tells what a run does while it does it: finished steps on standard output, what it waits for,
// what the server notices and how far a long statement is on standard error; with --json all of it
// as JSON Lines on standard error. A terminal gets one line for the long statement, written over
// again and again and gone when it is over; other readers a line every ten seconds.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

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
  void still_waiting(std::string_view for_what) override;
  void retrying(const Retry& retry) override;
  std::chrono::milliseconds progress_interval() const override;
  void progressing(const StatementProgress& progress) override;
  void progress_over() override;

 private:
  bool is_in_place() const { return terminal_.err_in_place && verbosity_ == Verbosity::normal; }
  void say(const std::string& text);
  void say_out(std::string_view text);
  void show_in_place(const std::string& text);
  void clear_line();

  Terminal terminal_;
  Verbosity verbosity_;
  std::mutex mutex_ = {};  ///< over the streams and what follows
  bool line_is_shown_ = false;
};

}  // namespace migrator
