#include "engine/pg/server_binaries.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/pg/child_process.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view packaged = "/usr/lib/postgresql";

std::optional<fs::path> folder_of_pg_config(const std::vector<fs::path>& folders) {
  for (const auto& folder : folders) {
    if (!is_program(folder / "pg_config")) continue;
    const auto outcome = run({.arguments = {folder / "pg_config", "--bindir"}});
    if (outcome.exit_code == 0) return fs::path(trim(outcome.output));
  }
  return std::nullopt;
}

// Debian's layout: one folder for each major version; the newest first.
std::vector<fs::path> packaged_folders() {
  std::vector<std::pair<int, fs::path>> versions;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(packaged, ignored)) {
    const std::string name = entry.path().filename();
    int number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    versions.emplace_back(-number, entry.path() / "bin");
  }
  std::ranges::sort(versions);
  std::vector<fs::path> folders;
  for (auto& [number, folder] : versions) folders.push_back(std::move(folder));
  return folders;
}

std::vector<fs::path> candidates(const LocalServerOptions& options) {
  if (options.bindir) return {fs::absolute(*options.bindir)};
  std::vector<fs::path> all = search_folders(options.search_path_variable);
  if (const auto configured = folder_of_pg_config(all)) all.push_back(*configured);
  for (auto& folder : packaged_folders()) all.push_back(std::move(folder));
  return all;
}

std::optional<ServerBinaries> binaries_in(const fs::path& folder) {
  if (!is_program(folder / "postgres") || !is_program(folder / "initdb")) return std::nullopt;
  const auto outcome = run({.arguments = {folder / "postgres", "--version"}});
  // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
  const auto at = outcome.output.find(") ");
  if (outcome.exit_code != 0 || at == std::string::npos) return std::nullopt;
  const auto version = std::string_view(outcome.output).substr(at + 2);
  return ServerBinaries{folder, std::string(version.substr(0, version.find_first_of(" \n")))};
}

Error none_found(const LocalServerOptions& options) {
  Finding finding;
  finding.id = "server-binaries-missing";
  if (options.bindir) {
    finding.message = "there is no PostgreSQL server in " + options.bindir->string();
    finding.detail = "the folder must hold the programs postgres and initdb";
    finding.next = "correct `bindir` of [embedded], or leave it out to have them searched for";
  } else {
    finding.message = "no PostgreSQL server is installed here, and \"embedded\" needs one";
    finding.detail =
        "looked for postgres and initdb in PATH, in the folder that pg_config "
        "--bindir names, and in " +
        std::string(packaged) + "/*/bin";
    finding.next =
        "install it (Debian: apt-get install postgresql), or set `bindir` of "
        "[embedded], or give the URL of another server";
  }
  return Error(ErrorKind::configuration, std::move(finding));
}

}  // namespace

std::string major_of(const std::string& version) {
  return version.substr(0, version.find_first_not_of("0123456789"));
}

ServerBinaries find_server_binaries(const LocalServerOptions& options,
                                    const std::optional<std::string>& wanted_major) {
  std::optional<ServerBinaries> first;
  for (const auto& folder : candidates(options)) {
    const auto found = binaries_in(folder);
    if (!found) continue;
    if (!wanted_major || major_of(found->version) == *wanted_major) return *found;
    if (!first) first = found;
  }
  if (!first) throw none_found(options);
  return *first;
}

}  // namespace migrator
