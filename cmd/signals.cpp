#include "cmd/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <string_view>

namespace migrator {
namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

// A mapped file whose end was cut off has no bytes there to read: nothing can go on, and the
// server rolls back what was open.
void leave_cut_file(int) {
  constexpr std::string_view text =
      "error: a file of the project was cut short while it was read\n"
      "  next:    run the same command again when nobody writes to it\n";
  const ssize_t ignored = write(STDERR_FILENO, text.data(), text.size());
  _exit(ignored < 0 ? 3 : 2);
}

}  // namespace

Signals::Signals() {
  struct sigaction cut = {};
  cut.sa_handler = leave_cut_file;
  sigaction(SIGBUS, &cut, nullptr);
  signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  watcher_ = std::jthread([this](const std::stop_token& done) { watch(done); });
}

Signals::~Signals() {
  // Wakes it: the signal is for that thread alone, which takes it for none then.
  watcher_.request_stop();
  pthread_kill(watcher_.native_handle(), SIGTERM);
}

void Signals::watch(const std::stop_token& done) {
  const sigset_t signals = stop_signals();
  for (;;) {
    int number = 0;
    sigwait(&signals, &number);
    if (done.stop_requested()) return;
    if (signal_ != 0) _exit(128 + number);
    signal_ = number;
    stop_.request_stop();
  }
}

}  // namespace migrator
