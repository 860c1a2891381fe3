#include "engine/pg/local_server.h"

#include <libpq-fe.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/quote.h"
#include "engine/base/text.h"
#include "engine/pg/data_folder.h"
#include "engine/pg/history_table.h"
#include "engine/pg/pause.h"
#include "engine/pg/server_binaries.h"
#include "engine/project/connection_text.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds poll_interval{20};

milliseconds until(Clock::time_point deadline) {
  return std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
}

bool accepts(const fs::path& sockets) {
  const std::array<const char*, 6> keywords = {"host", "port", "user", "dbname", "connect_timeout",
                                               nullptr};
  const std::array<const char*, 6> values = {sockets.c_str(), "5432", "postgres",
                                             "postgres",      "5",    nullptr};
  return PQpingParams(keywords.data(), values.data(), 0) == PQPING_OK;
}

std::string end_of_log(const fs::path& log) {
  std::ifstream file(log, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  constexpr std::size_t most_lines = 15;
  const auto lines = split_lines(text);
  std::string end;
  for (auto i = lines.size() > most_lines ? lines.size() - most_lines : 0; i < lines.size(); ++i) {
    if (!end.empty()) end += '\n';
    end += lines[i];
  }
  return end;
}

Error not_started(const std::string& message, const fs::path& log) {
  return Error(ErrorKind::connection,
               Finding{.id = "local-server-failed",
                       .message = message,
                       .detail = "the end of its log, " + log.string() + ":\n" + end_of_log(log),
                       .next = "mend what the log says; a data folder that is not needed any more "
                               "may be removed, and is made anew"});
}

Error other_version(const fs::path& data, const std::string& its_major,
                    const ServerBinaries& binaries) {
  return Error(ErrorKind::configuration,
               Finding{.id = "local-server-version",
                       .message = "the data folder " + data.string() + " was made by PostgreSQL " +
                                  its_major + ", but the server found is " + binaries.version +
                                  " in " + binaries.bindir.string(),
                       .next = "install PostgreSQL " + its_major +
                               " or name its folder as `bindir` of "
                               "[embedded]; if the data is not needed, remove the data folder"});
}

ChildCommand server_command(const ServerPaths& paths, const fs::path& bindir,
                            const std::optional<Account>& account, bool durable) {
  ChildCommand command{.arguments = {bindir / "postgres", "-D", paths.data}, .account = account};
  std::vector<std::string> settings = {
      "listen_addresses=", "port=5432",
      "unix_socket_directories=" + quote_name(paths.sockets.string()), "logging_collector=off",
      "log_destination=stderr"};
  if (!durable) {
    settings.insert(settings.end(),
                    {"fsync=off", "full_page_writes=off", "synchronous_commit=off"});
  }
  for (auto& setting : settings) {
    command.arguments.emplace_back("-c");
    command.arguments.push_back(std::move(setting));
  }
  return command;
}

// Backends of a server that was killed hold its memory for a moment; PostgreSQL then refuses.
bool predecessor_still_leaving(const fs::path& log) {
  return end_of_log(log).find("shared memory block") != std::string::npos;
}

void launch(const ChildCommand& command, const ServerPaths& paths, Clock::time_point deadline) {
  pid_t child = start_detached(command, paths.log);
  while (!accepts(paths.sockets)) {
    if (waitpid(child, nullptr, WNOHANG) == child) {
      if (!predecessor_still_leaving(paths.log) || Clock::now() > deadline) {
        throw not_started("the local server ended while it started", paths.log);
      }
      pause(poll_interval * 10, {});
      child = start_detached(command, paths.log);
    }
    if (Clock::now() > deadline) {
      throw not_started("the local server did not accept connections in time", paths.log);
    }
    pause(poll_interval, {});
  }
}

void wait_until_accepting(const ServerPaths& paths, Clock::time_point deadline) {
  while (!accepts(paths.sockets)) {
    if (Clock::now() > deadline) {
      throw not_started("the local server runs, but does not accept connections", paths.log);
    }
    pause(poll_interval, {});
  }
}

bool gone_before(Clock::time_point deadline, const fs::path& data, pid_t pid) {
  while (running_server(data) == pid) {
    waitpid(pid, nullptr, WNOHANG);  // when it is a child of ours
    if (Clock::now() > deadline) return false;
    pause(poll_interval, {});
  }
  return true;
}

void send_signal(pid_t pid, int number, const fs::path& data) {
  if (kill(pid, number) == 0 || errno == ESRCH) return;
  throw Error(ErrorKind::configuration,
              Finding{.id = "local-server-failed",
                      .message = "cannot stop the server of " + data.string() + ", process " +
                                 std::to_string(pid) + ": " + std::strerror(errno),
                      .next = "run the same command as the user who started it"});
}

// With its slashes, which a URL may hold there, for people to read.
std::string encoded_path(const fs::path& path) {
  std::string encoded;
  for (const auto& part : path.relative_path()) encoded += "/" + percent_encode(part.string());
  return encoded;
}

Error no_parent(const fs::path& folder, std::error_code error) {
  return Error(
      ErrorKind::configuration,
      Finding{.id = "local-server-folder",
              .message = "cannot make the folder " + folder.string() + ": " + error.message(),
              .next = "set `dir` of [embedded] to a folder that can be made"});
}

Error unusable_binaries(const fs::path& part, const Account& account) {
  return Error(ErrorKind::configuration,
               Finding{.id = "local-server-folder",
                       .message = "the user \"" + account.name + "\" cannot enter " +
                                  part.string() + ", on the way to PostgreSQL's programs",
                       .next = "allow it to enter (chmod o+x), or name other programs as "
                               "`bindir` of [embedded]"});
}

}  // namespace

LocalServer::LocalServer(LocalServerOptions options) : options_(std::move(options)) {
  options_.directory = fs::absolute(options_.directory).lexically_normal();
  if (!options_.directory.has_filename()) options_.directory = options_.directory.parent_path();
  const auto binaries = find_server_binaries(options_, data_version(options_.directory));
  bindir_ = binaries.bindir;
  version_ = binaries.version;
}

LocalServerStatus LocalServer::status() const {
  const ServerPaths paths = paths_of(options_.directory);
  const pid_t pid = running_server(paths.data);
  return {.initialized = data_version(paths.data).has_value(),
          .running = pid != 0,
          .pid = pid,
          .version = version_,
          .bindir = bindir_,
          .directory = paths.data,
          .socket_directory = paths.sockets};
}

bool LocalServer::start(milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  const ServerPaths paths = paths_of(options_.directory);
  if (running_server(paths.data) != 0 && accepts(paths.sockets)) return false;

  std::error_code error;
  fs::create_directories(paths.data.parent_path(), error);
  if (error) throw no_parent(paths.data.parent_path(), error);
  const FolderLock lock(paths.lock, until(deadline));
  if (running_server(paths.data) != 0) {
    wait_until_accepting(paths, deadline);
    return false;
  }
  const auto account = server_account(paths);
  if (account) {
    if (const auto part = unreachable_part(bindir_, *account)) {
      throw unusable_binaries(*part, *account);
    }
  }
  const ServerBinaries binaries{bindir_, version_};
  const auto made_by = data_version(paths.data);
  if (made_by && *made_by != major_of(version_)) {
    throw other_version(paths.data, *made_by, binaries);
  }
  if (!made_by) {
    make_data_folder(paths, binaries, account, options_.durable);
  } else if (account) {
    give_data_folder(paths, *account);
  }
  make_socket_folder(paths, account);
  remove_leftovers(paths);
  launch(server_command(paths, bindir_, account, options_.durable), paths, deadline);
  return true;
}

bool LocalServer::stop() {
  const ServerPaths paths = paths_of(options_.directory);
  if (running_server(paths.data) == 0) return false;
  constexpr std::chrono::seconds patience{60};
  const FolderLock lock(paths.lock, patience);
  const pid_t pid = running_server(paths.data);
  if (pid == 0) return false;
  send_signal(pid, SIGINT, paths.data);  // "fast": clients are sent away
  if (gone_before(Clock::now() + patience, paths.data, pid)) return true;
  send_signal(pid, SIGQUIT, paths.data);  // "immediate"
  if (gone_before(Clock::now() + patience, paths.data, pid)) return true;
  throw not_started("the local server does not stop", paths.log);
}

DatabaseUrl LocalServer::url() const {
  // The port is said, because a PGPORT in the environment would be taken otherwise.
  return DatabaseUrl::parse("postgres:///" + percent_encode(options_.database) +
                            "?host=" + encoded_path(paths_of(options_.directory).sockets) +
                            "&port=5432&user=postgres");
}

}  // namespace migrator
