// A local server's data folder and what lies beside it: what their files say, and who may touch
// them. Knows the names and rights; starts nothing but initdb.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/pg/child_process.h"
#include "engine/pg/server_binaries.h"

namespace migrator {

/// All paths of one local server. Everything but `sockets` lies in the data folder's parent.
struct ServerPaths {
  std::filesystem::path data;
  std::filesystem::path unfinished;  ///< where initdb works; renamed to `data` when it is done
  std::filesystem::path log;
  std::filesystem::path lock;
  std::filesystem::path
      sockets;  ///< beside the data folder; under /tmp where libpq cannot take that
};

ServerPaths paths_of(const std::filesystem::path& data);

/// One migrator at a time may make, start or stop the server of a folder. Released at the end of
/// the object or of the process.
class FolderLock {
 public:
  enum class File { made, there };
  /// Throws Error(lock) when `limit` is over, and Error(configuration) where the file cannot be
  /// made, or has to be there and is not.
  FolderLock(const std::filesystem::path& file, std::chrono::milliseconds limit,
             File whose = File::made);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

/// "15", out of PG_VERSION; nothing when there is no data folder yet. Throws Error(configuration)
/// for a folder that is something else.
std::optional<std::string> data_version(const std::filesystem::path& data);

/// The process of the server that runs on this folder; 0 when there is none. A pid file whose
/// number now belongs to something else is not believed.
pid_t running_server(const std::filesystem::path& data);

/// Removes what a crash left and what a new server would trip over. Call only when none runs.
void remove_leftovers(const ServerPaths& paths);

/// Whom the server has to run as: nobody else for ordinary users (absent); for root the owner of
/// the data folder, else the first of `postgres`, the parent's owner and `nobody` who can get
/// there. Throws Error(configuration) that names the folder in the way.
std::optional<Account> server_account(const ServerPaths& paths);

/// Makes the folder with initdb, all or nothing.
void make_data_folder(const ServerPaths& paths, const ServerBinaries& binaries,
                      const std::optional<Account>& account, bool durable);

/// Gives the account a data folder that root owns, as after a copy made by root.
void give_data_folder(const ServerPaths& paths, const Account& account);

/// Makes the folder of the socket, private to the account. Throws Error(configuration) when it
/// belongs to somebody else.
void make_socket_folder(const ServerPaths& paths, const std::optional<Account>& account);

}  // namespace migrator
