// server_account() of data_folder.h.
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "engine/base/error.h"
#include "engine/pg/data_folder.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

std::optional<Account> account_of(const passwd* entry) {
  if (entry == nullptr || entry->pw_uid == 0) return std::nullopt;
  return Account{entry->pw_uid, entry->pw_gid, entry->pw_name};
}

// Absent when there is no such file, or it is root's.
std::optional<Account> owner_of(const fs::path& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0 || found.st_uid == 0) return std::nullopt;
  if (auto known = account_of(getpwuid(found.st_uid))) return known;
  return Account{found.st_uid, found.st_gid, std::to_string(found.st_uid)};
}

Error unreachable(const fs::path& data, const fs::path& part, const Account& account) {
  return Error(
      ErrorKind::configuration,
      Finding{.id = "local-server-folder",
              .message = "the user \"" + account.name + "\" cannot enter " + part.string() +
                         ", on the way to the data folder " + data.string(),
              .detail = "PostgreSQL refuses to run as root, so that the local server runs as \"" +
                        account.name + "\"",
              .next = "set `dir` of [embedded] to a folder that it can reach, or allow it to "
                      "enter (chmod o+x), or run migrator as an ordinary user"});
}

}  // namespace

std::optional<Account> server_account(const ServerPaths& paths) {
  if (geteuid() != 0) return std::nullopt;
  const fs::path parent = paths.data.parent_path();
  std::vector<Account> accounts;
  if (const auto owner = owner_of(paths.data)) {
    accounts = {*owner};
  } else {
    for (const auto& choice :
         {account_of(getpwnam("postgres")), owner_of(parent), account_of(getpwnam("nobody"))}) {
      if (choice) accounts.push_back(*choice);
    }
  }
  if (accounts.empty()) {
    throw Error(ErrorKind::configuration,
                Finding{.id = "local-server-folder",
                        .message = "PostgreSQL refuses to run as root, and there is no user "
                                   "\"postgres\" or \"nobody\" to run it as",
                        .next = "run migrator as an ordinary user"});
  }
  for (const Account& account : accounts) {
    if (!unreachable_part(parent, account)) return account;
  }
  const Account& first = accounts.front();
  throw unreachable(paths.data, unreachable_part(parent, first).value_or(parent), first);
}

}  // namespace migrator
