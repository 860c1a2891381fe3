#include "cmd/terminal.h"

#include <unistd.h>

#include <cstdio>

namespace migrator {
namespace {

bool write_all(std::FILE* stream, std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  return std::fflush(stream) == 0 && written;
}

}  // namespace

Terminal Terminal::detect(const EnvironmentVariables& variables, bool no_color) {
  const auto value = [&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
  const bool plain = no_color || !value("NO_COLOR").empty() || value("TERM") == "dumb";
  return {.out = {!plain && isatty(STDOUT_FILENO) != 0},
          .err = {!plain && isatty(STDERR_FILENO) != 0}};
}

bool write_out(std::string_view text) {
  return write_all(stdout, text);
}

bool write_err(std::string_view text) {
  return write_all(stderr, text);
}

}  // namespace migrator
