// A PostgreSQL of one run alone: made in a private folder for temporary files, stopped and removed
// at the end, and by the next run where this one was killed. What it is not: the project's embedded
// server, whose roles and databases are somebody's; a place for anything that has to last.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/pg/data_folder.h"
#include "engine/pg/local_server.h"

namespace migrator {

class ScratchServer {
 public:
  /// Of `like` it takes where the binaries are. Throws as LocalServer.
  explicit ScratchServer(LocalServerOptions like);
  ~ScratchServer();
  ScratchServer(const ScratchServer&) = delete;
  ScratchServer& operator=(const ScratchServer&) = delete;

  /// Makes roles of these names where they are missing, which nobody can log in as: rights can be
  /// given to them.
  void add_roles(const std::vector<std::string>& names);

  DatabaseUrl url() const { return server_.url(); }
  const std::filesystem::path& folder() const { return folder_.path; }

 private:
  /// Exists for as long as the lock in it is held.
  struct Folder {
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::filesystem::path path;
    std::optional<FolderLock> owner;
  };

  Folder folder_;
  LocalServer server_;
};

/// The roles of a server, without its own.
std::vector<std::string> roles_of(Connection& connection);

/// Stops and removes the scratch servers of this user whose runs are dead: nobody holds their lock.
/// How many.
std::size_t remove_dead_scratch_servers(const LocalServerOptions& like);

}  // namespace migrator
