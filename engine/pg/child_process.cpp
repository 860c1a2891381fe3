#include "engine/pg/child_process.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "engine/base/error.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int exit_not_found = 127;
constexpr int exit_no_account = 126;

Error system_error(const std::string& what) {
  return Error(ErrorKind::configuration,
               Finding{.id = "system-error", .message = what + ": " + std::strerror(errno)});
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// From here to exec, only what is safe after fork in a program with threads.

void become(const Account& account) {
  if (setgroups(1, &account.group) != 0 || setgid(account.group) != 0 ||
      setuid(account.user) != 0) {
    _exit(exit_no_account);
  }
}

/// Where a child's streams go.
struct Streams {
  int output;
  int errors;
};

void leave_everything(const Streams& streams) {
  const int nothing = open("/dev/null", O_RDONLY);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  dup2(streams.output, STDOUT_FILENO);
  dup2(streams.errors, STDERR_FILENO);
  const long most = sysconf(_SC_OPEN_MAX);
  const int last = most > 0 && most < 4096 ? static_cast<int>(most) : 4096;
  for (int descriptor = STDERR_FILENO + 1; descriptor < last; ++descriptor) close(descriptor);
  // What we block or ignore, the program must not.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT}) {
    std::signal(number, SIG_DFL);
  }
}

[[noreturn]] void execute(const ChildCommand& command, char* const* arguments,
                          char* const* environment, const Streams& streams) {
  leave_everything(streams);
  if (command.account) become(*command.account);
  // The folder we are in may be closed to the account.
  if (chdir("/") == 0) execve(arguments[0], arguments, environment);
  _exit(exit_not_found);
}

pid_t spawn(ChildCommand command, const Streams& streams, bool own_session) {
  auto arguments = pointers(command.arguments);
  std::vector<std::string> variables = command.variables;
  if (variables.empty()) variables = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"};
  auto environment = pointers(variables);
  const pid_t child = fork();
  if (child < 0) throw system_error("cannot start " + command.arguments.front());
  if (child == 0) {
    if (own_session) setsid();
    execute(command, arguments.data(), environment.data(), streams);
  }
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

using Waiting = std::array<pollfd, 2>;

/// Waits for output or its end. False when the command's time is over, or a stop was requested.
bool await_output(Waiting& waiting, const ChildCommand& command, Clock::time_point begin) {
  constexpr int tick = 50;
  for (;;) {
    if (poll(waiting.data(), waiting.size(), tick) != 0) return true;
    const bool is_late = command.limit.count() > 0 && Clock::now() - begin > command.limit;
    if (is_late || command.stop.stop_requested()) return false;
  }
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  int get() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

struct Pipe {
  Pipe() : Pipe(make()) {}

  Descriptor reading;
  Descriptor writing;

 private:
  explicit Pipe(const std::array<int, 2>& ends) : reading(ends[0]), writing(ends[1]) {}

  static std::array<int, 2> make() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("cannot make a pipe");
    return ends;
  }
};

/// At the end of what is to be read, nothing more is waited for there.
void take_from(pollfd& from, std::string& into) {
  if (from.fd < 0 || from.revents == 0) return;
  std::array<char, 4096> buffer{};
  const ssize_t size = read(from.fd, buffer.data(), buffer.size());
  if (size < 0 && errno == EINTR) return;
  if (size <= 0)
    from.fd = -1;
  else
    into.append(buffer.data(), static_cast<std::size_t>(size));
}

}  // namespace

std::vector<std::string> environment_block(const std::map<std::string, std::string>& variables) {
  std::vector<std::string> block;
  for (const auto& [name, value] : variables) block.push_back(name + "=" + value);
  return block;
}

bool is_program(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

std::vector<std::filesystem::path> search_folders(std::string_view search_path) {
  std::vector<std::filesystem::path> folders;
  while (!search_path.empty()) {
    const auto end = std::min(search_path.find(':'), search_path.size());
    if (end > 0 && search_path.front() == '/') folders.emplace_back(search_path.substr(0, end));
    search_path.remove_prefix(std::min(end + 1, search_path.size()));
  }
  return folders;
}

std::optional<std::filesystem::path> find_program(std::string_view name,
                                                  std::string_view search_path) {
  for (const std::filesystem::path& folder : search_folders(search_path))
    if (is_program(folder / name)) return folder / name;
  return std::nullopt;
}

Outcome run(const ChildCommand& command) {
  Pipe output;
  std::optional<Pipe> errors;
  if (command.errors_apart) errors.emplace();
  const Streams streams{output.writing.get(),
                        errors ? errors->writing.get() : output.writing.get()};
  // With a limit it has a session of its own, so that what it starts ends with it.
  const pid_t child = spawn(command, streams, /*own_session=*/command.limit.count() > 0);
  output.writing.close();
  if (errors) errors->writing.close();
  Outcome outcome;
  Waiting waiting{
      pollfd{.fd = output.reading.get(), .events = POLLIN, .revents = 0},
      pollfd{.fd = errors ? errors->reading.get() : -1, .events = POLLIN, .revents = 0}};
  const auto begin = Clock::now();
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    if (!await_output(waiting, command, begin)) {
      outcome.was_stopped = true;
      kill(command.limit.count() > 0 ? -child : child, SIGKILL);
      break;
    }
    take_from(waiting[0], outcome.output);
    take_from(waiting[1], outcome.errors);
  }
  outcome.exit_code = wait_for(child);
  return outcome;
}

pid_t start_detached(const ChildCommand& command, const std::filesystem::path& log) {
  const int output =
      open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (output < 0) throw system_error("cannot write the server's log " + log.string());
  try {
    const pid_t child = spawn(command, {output, output}, /*own_session=*/true);
    close(output);
    return child;
  } catch (...) {
    close(output);
    throw;
  }
}

std::optional<std::filesystem::path> unreachable_part(const std::filesystem::path& folder,
                                                      const Account& account) {
  std::vector<std::filesystem::path> parts;
  for (auto part = folder; part != part.parent_path(); part = part.parent_path()) {
    parts.insert(parts.begin(), part);
  }
  const pid_t child = fork();
  if (child < 0) throw system_error("cannot fork");
  if (child == 0) {
    become(account);
    int number = 0;
    for (const auto& part : parts) {
      if (access(part.c_str(), X_OK) != 0) _exit(1 + number);
      if (number < 100) ++number;
    }
    _exit(0);
  }
  const int code = wait_for(child);
  if (code == 0) return std::nullopt;
  const auto index = static_cast<std::size_t>(code - 1);
  return index < parts.size() ? parts[index] : folder;
}

}  // namespace migrator
