// Programs that are started without a shell: PostgreSQL's own, as another user where we are root.
// They get a small environment of ours, no open file of ours and no terminal.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
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
  std::vector<std::string> variables = {};  ///< "NAME=value": in place of the small ones of ours
  std::chrono::milliseconds limit{0};       ///< run(): it is killed then; 0: never
  std::stop_token stop = {};                ///< run(): or then
  bool errors_apart = false;                ///< run(): its two streams are kept apart
};

struct Outcome {
  int exit_code = 0;   ///< 127: not found, 126: could not become the account, 128 + n: signal n
  std::string output;  ///< both streams, or with errors_apart the first
  std::string errors = {};
  bool was_stopped = false;  ///< by the limit or the stop token
};

/// Runs it to its end.
Outcome run(const ChildCommand& command);

/// "NAME=value", for ChildCommand.
std::vector<std::string> environment_block(const std::map<std::string, std::string>& variables);

bool is_program(const std::filesystem::path& path);

/// The folders of a PATH, without those that depend on where one is.
std::vector<std::filesystem::path> search_folders(std::string_view search_path);

/// The program of that name in the folders of a PATH.
std::optional<std::filesystem::path> find_program(std::string_view name,
                                                  std::string_view search_path);

/// Starts it in a session of its own, so that it outlives us, with both streams going to `log`
/// (written anew). The caller may waitpid() for it.
pid_t start_detached(const ChildCommand& command, const std::filesystem::path& log);

/// The first of a folder's ancestors, itself included, that the account cannot enter.
std::optional<std::filesystem::path> unreachable_part(const std::filesystem::path& folder,
                                                      const Account& account);

}  // namespace migrator
