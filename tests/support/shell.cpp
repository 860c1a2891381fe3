#include "tests/support/shell.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace migrator {
namespace {

namespace fs = std::filesystem;

// Follows the output of each command: the mark, its number, its exit code, the mark.
constexpr char mark = '\x1e';

void check(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

std::string read_all(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string script_of(const std::vector<std::string>& commands, const fs::path& folder) {
  std::string script = "cd '" + folder.string() + "' || exit\n";
  for (const std::string& command : commands) script += command + "\nprintf '\\n\\036%d\\036' $?\n";
  return script;
}

/// bash with the script, nothing to read and both outputs in one file.
void run_bash(const fs::path& script, const fs::path& output,
              const std::vector<std::string>& environment) {
  posix_spawn_file_actions_t actions;
  check(posix_spawn_file_actions_init(&actions), "posix_spawn_file_actions_init");
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);

  std::vector<std::string> texts = {"bash", "--norc", script.string()};
  std::vector<char*> arguments, variables;
  for (std::string& text : texts) arguments.push_back(text.data());
  std::vector<std::string> copies = environment;
  for (std::string& text : copies) variables.push_back(text.data());
  arguments.push_back(nullptr);
  variables.push_back(nullptr);

  pid_t pid = 0;
  const int error =
      posix_spawn(&pid, "/bin/bash", &actions, nullptr, arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  check(error, "bash");
  int status = 0;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) check(errno, "waitpid");
}

/// The first line of a server's pid file; 0 when it cannot be read.
pid_t pid_in(const fs::path& file) {
  pid_t pid = 0;
  std::ifstream(file) >> pid;
  return pid;
}

void stop_servers_below(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(folder, ignored)) {
    const pid_t pid = entry.path().filename() == "postmaster.pid" ? pid_in(entry.path()) : 0;
    if (pid <= 1 || kill(pid, SIGQUIT) != 0) continue;
    for (int tries = 0; tries < 100 && kill(pid, 0) == 0; ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace

ScenarioFolder::ScenarioFolder() {
  std::string name = (fs::temp_directory_path() / "migrator-scenario-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) check(errno, "mkdtemp");
  path_ = name;
  fs::permissions(path_, fs::perms(0755));
}

ScenarioFolder::~ScenarioFolder() {
  std::error_code ignored;
  stop_servers_below(path_);
  fs::remove_all(path_, ignored);
}

std::vector<std::optional<ShellResult>> run_in_shell(const std::vector<std::string>& commands,
                                                     const fs::path& folder,
                                                     const std::vector<std::string>& environment) {
  const ScenarioFolder aside;  // the script and its output are none of the scenario's files
  const fs::path script = aside.path() / "script", output = aside.path() / "output";
  std::ofstream(script) << script_of(commands, folder);
  run_bash(script, output, environment);

  std::vector<std::optional<ShellResult>> results(commands.size());
  const std::string text = read_all(output);
  std::size_t begin = 0;
  for (auto& result : results) {
    const std::size_t end = text.find(std::string("\n") + mark, begin);
    if (end == std::string::npos) {
      // The shell ended in this command; what it printed tells why.
      if (begin < text.size()) result = ShellResult{text.substr(begin), -1};
      break;
    }
    const std::size_t closing = text.find(mark, end + 2);
    result = ShellResult{text.substr(begin, end - begin), std::stoi(text.substr(end + 2))};
    begin = closing + 1;
  }
  return results;
}

}  // namespace migrator
