#include "engine/pg/scratch_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/quote.h"
#include "engine/pg/data_folder.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "migrator_scratch.";
constexpr const char* kLock = "owner.lock";
// Others may pass through, for root's server runs as another user; nobody may look.
constexpr auto kPassable = static_cast<fs::perms>(0711);

fs::path temporary_folder() {
  std::error_code ignored;
  const fs::path folder = fs::temp_directory_path(ignored);
  return folder.empty() ? fs::path("/tmp") : folder;
}

Error no_folder(const fs::path& folder) {
  return Error(ErrorKind::configuration,
               {.id = "scratch-failed",
                .message = "no folder for a scratch server can be made in " + folder.string() +
                           ": " + std::generic_category().message(errno),
                .next = "make room there, or name another folder in TMPDIR"});
}

LocalServerOptions options_in(const fs::path& folder, LocalServerOptions like) {
  like.directory = folder / "data";
  like.database = "postgres";
  like.durable = false;
  return like;
}

/// Stops what runs there. What cannot be stopped now is left for the next run.
void stop_in(const fs::path& folder, const LocalServerOptions& like) {
  try {
    LocalServer server(options_in(folder, like));
    const fs::path sockets = server.status().socket_directory;
    server.stop();
    std::error_code ignored;
    fs::remove_all(sockets, ignored);
  } catch (const Error&) {
  }
}

/// Folders that this user made and locked once.
std::vector<fs::path> folders_of_this_user() {
  std::vector<fs::path> folders;
  std::error_code error;
  for (fs::directory_iterator all(temporary_folder(), error), end; !error && all != end;
       all.increment(error)) {
    const fs::path& path = all->path();
    struct stat found {};
    if (!path.filename().string().starts_with(kPrefix)) continue;
    if (lstat(path.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) continue;
    if (found.st_uid == geteuid() && fs::exists(path / kLock, error)) folders.push_back(path);
  }
  return folders;
}

Error named_as_scratch(const Error& error) {
  Finding finding = error.finding();
  finding.message = "no scratch server: " + finding.message;
  if (finding.id == "local-server-folder")
    finding.next = "name another folder in TMPDIR, or a server as `scratch` of [check]";
  return Error(error.kind(), std::move(finding));
}

}  // namespace

ScratchServer::Folder::Folder() : path(temporary_folder() / (std::string(kPrefix) + "XXXXXX")) {
  std::string name = path.string();
  if (mkdtemp(name.data()) == nullptr) throw no_folder(path.parent_path());
  path = name;
  // Locked before it has the name that others look for.
  const fs::path lock = path / "owner.new";
  owner.emplace(lock, std::chrono::milliseconds(0));
  fs::rename(lock, path / kLock);
  fs::permissions(path, kPassable);
}

ScratchServer::Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

ScratchServer::ScratchServer(LocalServerOptions like)
    : server_(options_in(folder_.path, std::move(like))) {
  try {
    server_.start();
  } catch (const Error& error) {
    throw named_as_scratch(error);
  }
}

ScratchServer::~ScratchServer() {
  try {
    const fs::path sockets = server_.status().socket_directory;
    server_.stop();
    std::error_code ignored;
    fs::remove_all(sockets, ignored);
  } catch (const Error&) {
    // The next run finds it.
  }
}

void ScratchServer::add_roles(const std::vector<std::string>& names) {
  Connection connection = Connection::open(url(), {});
  const std::vector<std::string> there = roles_of(connection);
  for (const std::string& name : names)
    if (std::ranges::find(there, name) == there.end())
      connection.query("create role " + quote_name(name));
}

std::vector<std::string> roles_of(Connection& connection) {
  std::vector<std::string> names;
  for (const Row& row : connection.query(
           "select rolname from pg_catalog.pg_roles where rolname !~ '^pg_' order by 1"))
    names.push_back(row.at(0).value_or(""));
  return names;
}

std::size_t remove_dead_scratch_servers(const LocalServerOptions& like) {
  std::size_t removed = 0;
  for (const fs::path& folder : folders_of_this_user()) {
    try {
      // Not made anew: its run may be removing the folder just now, and would find it not empty.
      const FolderLock dead(folder / kLock, std::chrono::milliseconds(0), FolderLock::File::there);
      stop_in(folder, like);
      if (running_server(folder / "data") != 0) continue;
      std::error_code ignored;
      fs::remove_all(folder, ignored);
      ++removed;
    } catch (const Error&) {
      // Its run lives.
    }
  }
  return removed;
}

}  // namespace migrator
