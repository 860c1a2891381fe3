#include "cmd/terminal.h"

#include <sys/ioctl.h>
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
  const bool dumb = value("TERM") == "dumb";
  const bool plain = no_color || !value("NO_COLOR").empty() || dumb;
  const bool err = isatty(STDERR_FILENO) != 0;
  return {.out = {!plain && isatty(STDOUT_FILENO) != 0},
          .err = {!plain && err},
          .err_in_place = !dumb && err};
}

std::size_t columns_of_err() {
  winsize size{};
  const bool told = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return told ? size.ws_col : 80;
}

bool write_out(std::string_view text) {
  return write_all(stdout, text);
}

bool write_err(std::string_view text) {
  return write_all(stderr, text);
}

bool out_is_whole() {
  return std::ferror(stdout) == 0;
}

}  // namespace migrator
