#include "cmd/confirm.h"

#include <unistd.h>

#include <cerrno>

#include "cmd/terminal.h"

namespace migrator {

std::optional<std::string> ask(std::string_view question) {
  if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0) return std::nullopt;
  write_err(question);
  std::string line;
  for (char c = 0;;) {
    const ssize_t size = read(STDIN_FILENO, &c, 1);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0 || c == '\n') return line;
    line += c;
  }
}

}  // namespace migrator
