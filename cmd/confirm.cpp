#include "cmd/confirm.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "cmd/terminal.h"

namespace migrator {

std::optional<std::string> ask(std::string_view question, const std::stop_token& stop) {
  if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0) return std::nullopt;
  write_err(question);
  std::string line;
  for (char c = 0;;) {
    // Signals are another thread's: they end no read().
    constexpr int tick = 50;
    pollfd waiting{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    const int ready = poll(&waiting, 1, tick);
    if (stop.stop_requested()) return std::nullopt;
    if (ready <= 0) continue;
    const ssize_t size = read(STDIN_FILENO, &c, 1);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0 || c == '\n') return line;
    line += c;
  }
}

}  // namespace migrator
