#include "cmd/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <ctime>

namespace migrator {
namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

Signals::Signals() {
  signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  watcher_ = std::jthread([this](const std::stop_token& done) { watch(done); });
}

Signals::~Signals() = default;

void Signals::watch(const std::stop_token& done) {
  const sigset_t signals = stop_signals();
  const timespec tick{.tv_sec = 0, .tv_nsec = 50'000'000};
  while (!done.stop_requested()) {
    const int number = sigtimedwait(&signals, nullptr, &tick);
    if (number <= 0) continue;
    if (signal_ != 0) _exit(128 + number);
    signal_ = number;
    stop_.request_stop();
  }
}

}  // namespace migrator
