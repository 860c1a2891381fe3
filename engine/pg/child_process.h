// Programs that are started without a shell: PostgreSQL's own, as another user where we are root.
// They get a small environment of ours, no open file of ours and no terminal.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace migrator {

/// A user of the system, to run a program as.
struct Account {
  uid_t user = 0;
  gid_t group = 0;
  std::string name;
};

struct ChildCommand {
  std::vector<std::string> arguments;  ///< the first is the path of the program
  std::optional<Account> account = std::nullopt;
};

struct Outcome {
  int exit_code = 0;   ///< 127: not found, 126: could not become the account, 128 + n: signal n
  std::string output;  ///< both streams
};

/// Runs it to its end.
Outcome run(const ChildCommand& command);

/// Starts it in a session of its own, so that it outlives us, with both streams going to `log`
/// (written anew). The caller may waitpid() for it.
pid_t start_detached(const ChildCommand& command, const std::filesystem::path& log);

/// The first of a folder's ancestors, itself included, that the account cannot enter.
std::optional<std::filesystem::path> unreachable_part(const std::filesystem::path& folder,
                                                      const Account& account);

}  // namespace migrator
