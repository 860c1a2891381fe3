#include "tests/support/migrator_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void check(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::vector<std::string> environment_for(const fs::path& folder, const DatabaseUrl& url) {
  const std::string binary_folder = fs::path(MIGRATOR_BINARY).parent_path().string();
  std::vector<std::string> result = {"PATH=" + binary_folder + ":" + variable("PATH"),
                                     "HOME=" + folder.string(),
                                     "LANG=C.UTF-8",
                                     "TERM=dumb",
                                     std::string("PROJECT=") + MIGRATOR_SOURCE_DIR,
                                     "CONNECTION_URL=" + url.reveal()};
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"})
    if (!variable(name).empty()) result.push_back(name + ("=" + variable(name)));
  return result;
}

MigratorProcess::MigratorProcess(std::vector<std::string> arguments, const fs::path& folder,
                                 const DatabaseUrl& url) {
  arguments.insert(arguments.begin(), "migrator");
  std::vector<std::string> environment = environment_for(folder, url);
  const fs::path output = aside_.path() / "output";

  posix_spawn_file_actions_t actions;
  check(posix_spawn_file_actions_init(&actions), "posix_spawn_file_actions_init");
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  const int error = posix_spawn(&pid_, MIGRATOR_BINARY, &actions, nullptr,
                                pointers_to(arguments).data(), pointers_to(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  check(error, MIGRATOR_BINARY);
}

MigratorProcess::~MigratorProcess() {
  kill();
}

void MigratorProcess::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(std::exchange(pid_, 0), nullptr, 0);
}

void MigratorProcess::signal(int number) const {
  if (pid_ != 0) ::kill(pid_, number);
}

ShellResult MigratorProcess::wait(std::chrono::milliseconds limit) {
  int status = 0;
  pid_t ended = 0;
  wait_until([&] { return (ended = waitpid(pid_, &status, WNOHANG)) != 0; }, limit);
  if (ended != pid_) return {output(), -1};
  pid_ = 0;
  if (WIFSIGNALED(status)) ADD_FAILURE() << "migrator ended by signal " << WTERMSIG(status);
  return {output(), WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

std::string MigratorProcess::output() const {
  std::ostringstream text;
  text << std::ifstream(aside_.path() / "output").rdbuf();
  return text.str();
}

}  // namespace migrator
