#include "cmd/terminal.h"

#include <unistd.h>

#include <cstdio>

namespace migrator {
namespace {

void write_all(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
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

void write_out(std::string_view text) {
  write_all(stdout, text);
}

void write_err(std::string_view text) {
  write_all(stderr, text);
}

}  // namespace migrator
