#include "cmd/become.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "engine/pg/child_process.h"

namespace migrator {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

std::string become(std::vector<std::string> words, const EnvironmentVariables& variables) {
  std::vector<std::string> texts = environment_block(variables);
  const std::vector<char*> arguments = pointers(words);
  const std::vector<char*> environment = pointers(texts);
  // What we block or ignore, the program must not.
  sigset_t none;
  sigset_t before;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, &before);
  const auto pipe_before = std::signal(SIGPIPE, SIG_DFL);
  execvpe(arguments[0], arguments.data(), environment.data());
  const int reason = errno;
  std::signal(SIGPIPE, pipe_before);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return std::strerror(reason);
}

}  // namespace migrator
