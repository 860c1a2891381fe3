#include "engine/pg/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/pg/pause.h"
#include "engine/project/checksum.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_socket_path = 107;  // sun_path holds 108 bytes, one of them NUL
constexpr std::string_view socket_name = ".s.PGSQL.5432";

Error trouble(std::string id, std::string message, std::string next) {
  return Error(
      ErrorKind::configuration,
      Finding{.id = std::move(id), .message = std::move(message), .next = std::move(next)});
}

Error system_trouble(const std::string& what, const fs::path& path) {
  return trouble("local-server-folder",
                 "cannot " + what + " " + path.string() + ": " + std::strerror(errno),
                 "give it the right owner, or set `dir` of [embedded] to another folder");
}

fs::path beside(const fs::path& data, std::string_view ending) {
  return data.parent_path() / (data.filename().string() + std::string(ending));
}

// Not read_file: files of /proc have no size, and a missing file is an ordinary answer here.
std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void give_to(const fs::path& path, const Account& account) {
  if (lchown(path.c_str(), account.user, account.group) != 0) {
    throw system_trouble("give to " + account.name + " the folder", path);
  }
}

void make_private_folder(const fs::path& path, const std::optional<Account>& account) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) throw system_trouble("make", path);
  if (account) give_to(path, *account);
}

}  // namespace

ServerPaths paths_of(const fs::path& data) {
  ServerPaths paths{.data = data,
                    .unfinished = beside(data, ".unfinished"),
                    .log = beside(data, ".log"),
                    .lock = beside(data, ".lock"),
                    .sockets = beside(data, ".socket")};
  const std::string socket = paths.sockets / socket_name;
  // libpq takes a comma in a host for the end of the first of several.
  if (socket.size() > longest_socket_path || socket.find(',') != std::string::npos) {
    paths.sockets = "/tmp/migrator-" + sha256(data.string()).substr(0, 16);
  }
  return paths;
}

FolderLock::FolderLock(const fs::path& file, std::chrono::milliseconds limit, File whose)
    : descriptor_(
          open(file.c_str(), O_RDWR | O_CLOEXEC | (whose == File::made ? O_CREAT : 0), 0600)) {
  if (descriptor_ < 0) throw system_trouble("open", file);
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      close(descriptor_);
      throw Error(ErrorKind::lock,
                  Finding{.id = "local-server-busy",
                          .message = "another process is starting or stopping the local server",
                          .detail = "it holds the lock on " + file.string(),
                          .next = "run the same command again"});
    }
    pause(with_jitter(std::chrono::milliseconds(40)), {});
  }
}

FolderLock::~FolderLock() {
  close(descriptor_);
}

std::optional<std::string> data_version(const fs::path& data) {
  std::error_code ignored;
  const std::string version(trim(contents(data / "PG_VERSION")));
  if (!version.empty()) return version;
  if (!fs::exists(data, ignored)) return std::nullopt;
  if (fs::is_directory(data, ignored) && fs::is_empty(data, ignored)) return std::nullopt;
  if (access(data.c_str(), R_OK | X_OK) != 0)
    throw trouble("local-server-folder",
                  data.string() + " belongs to another user, who started the server",
                  "run migrator as that user or as root, or set `dir` of [embedded] to a folder of "
                  "your own");
  throw trouble("local-server-folder",
                data.string() + " exists, but is no data folder of PostgreSQL that can be read",
                "move it away, or set `dir` of [embedded] to another folder");
}

pid_t running_server(const fs::path& data) {
  const std::string file = contents(data / "postmaster.pid");
  pid_t pid = 0;
  std::from_chars(file.data(), file.data() + file.size(), pid);
  if (pid <= 0 || (kill(pid, 0) != 0 && errno == ESRCH)) return 0;
  const fs::path process = fs::path("/proc") / std::to_string(pid);
  std::error_code error;
  if (!fs::exists("/proc/self", error)) return pid;
  const std::string command = contents(process / "cmdline");
  const std::string program = fs::path(command.c_str()).filename();
  // A process that has ended and was not waited for has an empty command.
  if (program != "postgres" && program != "postmaster") return 0;
  // Another cluster's server may have got the number; a server works in its data folder.
  const fs::path working_folder = fs::read_symlink(process / "cwd", error);
  if (!error && working_folder != fs::canonical(data, error)) return 0;
  return pid;
}

void remove_leftovers(const ServerPaths& paths) {
  std::error_code ignored;
  const auto socket = paths.sockets / socket_name;
  fs::remove(socket, ignored);
  fs::remove(socket.string() + ".lock", ignored);
  const auto pid_file = paths.data / "postmaster.pid";
  pid_t pid = 0;
  const std::string text = contents(pid_file);
  std::from_chars(text.data(), text.data() + text.size(), pid);
  // PostgreSQL itself sees when the process is gone, and then looks for what is left of its
  // shared memory; it stays away only when another process has got the number, or when the file
  // that a full disk or a power loss left says nothing.
  if (pid <= 0 || kill(pid, 0) == 0) fs::remove(pid_file, ignored);
}

void make_data_folder(const ServerPaths& paths, const ServerBinaries& binaries,
                      const std::optional<Account>& account, bool durable) {
  Outcome outcome;
  for (const std::string locale : {"C.UTF-8", "C"}) {
    std::error_code error;
    fs::remove_all(paths.unfinished, error);
    make_private_folder(paths.unfinished, account);
    ChildCommand initdb{
        .arguments = {binaries.bindir / "initdb", "-D", paths.unfinished, "-U", "postgres",
                      "--auth=trust", "-E", "UTF8", "--locale=" + locale},
        .account = account};
    if (!durable) initdb.arguments.emplace_back("--no-sync");
    outcome = run(initdb);
    if (outcome.exit_code != 0) continue;
    fs::rename(paths.unfinished, paths.data, error);
    if (!error) return;
    throw trouble("local-server-folder",
                  "cannot rename " + paths.unfinished.string() + " to " + paths.data.string() +
                      ": " + error.message(),
                  "set `dir` of [embedded] to another folder");
  }
  throw Error(ErrorKind::configuration,
              Finding{.id = "local-server-folder",
                      .message = "initdb could not make the data folder " + paths.data.string(),
                      .detail = std::string(trim(outcome.output)),
                      .next = "mend what initdb says, or set `dir` of [embedded] elsewhere"});
}

void give_data_folder(const ServerPaths& paths, const Account& account) {
  struct stat found {};
  if (lstat(paths.data.c_str(), &found) != 0 || found.st_uid == account.user) return;
  give_to(paths.data, account);
  for (const auto& entry : fs::recursive_directory_iterator(paths.data)) {
    give_to(entry.path(), account);
  }
}

void make_socket_folder(const ServerPaths& paths, const std::optional<Account>& account) {
  const bool made = mkdir(paths.sockets.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) throw system_trouble("make", paths.sockets);
  if (made && account) give_to(paths.sockets, *account);
  struct stat found {};
  const uid_t owner = account ? account->user : geteuid();
  // Under /tmp anybody could have made it, to listen in our server's place.
  if (lstat(paths.sockets.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) ||
      found.st_uid != owner || (found.st_mode & 077) != 0) {
    throw trouble("local-server-folder",
                  "the folder for the server's socket, " + paths.sockets.string() +
                      ", is not a private folder of the user who runs the server",
                  "remove it, or set `dir` of [embedded] to another folder");
  }
}

}  // namespace migrator
