#include "cmd/become.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/base/error.h"

namespace migrator {

void become(const std::vector<std::string>& program) {
  std::vector<std::string> words = program;
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  // What is ignored or blocked here would be so there too.
  sigset_t none;
  sigemptyset(&none);
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, &none, &before);
  signal(SIGPIPE, SIG_DFL);
  execvp(pointers.front(), pointers.data());
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  throw Error(ErrorKind::usage, {.id = "program-not-started",
                                 .message = fmt::format("{} cannot be started: {}", program.front(),
                                                        std::strerror(error)),
                                 .kept = "what was applied before stays",
                                 .next = "look at its path and its rights"});
}

}  // namespace migrator
