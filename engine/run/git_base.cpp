#include "engine/run/git_base.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/pg/child_process.h"
#include "engine/project/file_name.h"
#include "engine/project/shown_path.h"

namespace migrator {
namespace {

/// In a hook, git names a repository relative to where that runs; ours is found by its folder.
EnvironmentVariables of_no_hook(EnvironmentVariables variables) {
  for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}) variables.erase(name);
  return variables;
}

/// By what git says, in English at least.
std::string next_after(const std::string& told) {
  if (told.find("not a git repository") != std::string::npos)
    return "check inside of a clone, or without --base";
  if (told.find("dubious ownership") != std::string::npos)
    return "do as git says: the clone is of another account, as in a container of CI";
  return "fetch that branch with its history: git fetch origin; in CI, fetch-depth: 0";
}

class Git {
 public:
  Git(std::string folder, std::string base, const EnvironmentVariables& variables)
      : folder_(std::move(folder)),
        base_(std::move(base)),
        variables_(environment_block(of_no_hook(variables))) {
    const auto path = variables.find("PATH");
    const auto program = find_program("git", path == variables.end() ? "" : path->second);
    if (!program)
      throw Error(ErrorKind::configuration,
                  {.id = "git-missing",
                   .message = "the program git is not installed here",
                   .next = "install it (Debian: apt-get install git), or check without --base"});
    program_ = *program;
  }

  std::vector<std::string> lines(std::vector<std::string> words) const {
    std::vector<std::string> arguments{program_, "-C", folder_, "-c", "core.quotePath=false"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const Outcome outcome = run({.arguments = std::move(arguments), .variables = variables_});
    if (outcome.exit_code != 0)
      throw Error(ErrorKind::configuration,
                  {.id = "base-unknown",
                   .message = fmt::format("git cannot compare with {}", base_),
                   .detail = std::string(trim(outcome.output)),
                   .next = next_after(outcome.output)});
    std::vector<std::string> lines;
    for (const std::string_view line : split_lines(outcome.output)) lines.emplace_back(line);
    return lines;
  }

 private:
  std::string folder_;
  std::string base_;
  std::vector<std::string> variables_;
  std::string program_ = {};
};

std::string id_of(const FileName& name) {
  return name.role == FileRole::repeatable ? "R__" + name.name : to_string(name.version);
}

bool is_migration(const FileName& name) {
  return name.role == FileRole::whole || name.role == FileRole::up || name.role == FileRole::down ||
         name.role == FileRole::repeatable;
}

/// The migrations of the base itself, which may have gone on since.
class BaseFiles {
 public:
  struct Newest {
    Version version = {};
    std::string file = {};
  };

  BaseFiles(const Git& git, const std::string& base) {
    for (const std::string& line : git.lines({"ls-tree", base, "./"})) {
      // MODE TYPE HASH<tab>FILE
      const std::size_t tab = line.find('\t');
      if (tab == std::string::npos) continue;
      const std::string file = line.substr(tab + 1);
      const FileName name = read_file_name(file);
      if (!is_migration(name)) continue;
      hashes_[file] = line.substr(line.rfind(' ', tab) + 1, tab - line.rfind(' ', tab) - 1);
      if (name.role == FileRole::repeatable) continue;
      if (name.role != FileRole::down) versions_.emplace(name.version, file);
      if (newest_.version < name.version) newest_ = {name.version, file};
    }
  }

  std::optional<std::string> hash_of(const std::string& file) const {
    const auto found = hashes_.find(file);
    return found == hashes_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<std::string> of_version(const Version& version) const {
    const auto found = versions_.find(version);
    return found == versions_.end() ? std::nullopt : std::optional(found->second);
  }
  const Newest& newest() const { return newest_; }

 private:
  std::map<std::string, std::string> hashes_;
  std::map<Version, std::string> versions_;
  Newest newest_;
};

Finding about(std::string id, Severity severity, std::string message, const std::string& file,
              std::string next) {
  return {.severity = severity,
          .id = std::move(id),
          .message = std::move(message),
          .place = Place{.file = file},
          .next = std::move(next)};
}

}  // namespace

GitComparison compare_with_base(const Config& config, const EnvironmentVariables& variables,
                                const std::string& base) {
  const std::filesystem::path& folder = config.migrations.value;
  const Git git(folder.string(), base, variables);
  const auto shown = [&](const std::string& file) {
    return shown_path(folder / file, config.working_folder);
  };
  const auto forks = git.lines({"merge-base", "--end-of-options", base, "HEAD"});
  const std::string fork = forks.empty() ? base : forks.front();

  const BaseFiles on_base(git, base);

  GitComparison compared;
  std::vector<std::string> added = git.lines({"ls-files", "--others", "--exclude-standard"});
  for (const std::string& line :
       git.lines({"diff", "--no-renames", "--name-status", "--relative", fork, "--", "."})) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) continue;
    const std::string file = line.substr(tab + 1);
    const FileName name = read_file_name(file);
    if (!is_migration(name)) continue;
    if (line.front() == 'A') {
      added.push_back(file);
    } else if (name.role == FileRole::repeatable && line.front() == 'M') {
      compared.added.insert(id_of(name));
    } else if (line.front() == 'M') {
      compared.findings.push_back(about("edited-since-base", Severity::error,
                                        fmt::format("{} was edited, and {} has it", file, base),
                                        shown(file),
                                        "put it back as it was, and write a new migration"));
    } else if (line.front() == 'D') {
      compared.findings.push_back(about("deleted-since-base", Severity::error,
                                        fmt::format("{} was deleted, and {} has it", file, base),
                                        shown(file),
                                        fmt::format("git checkout {} -- {}", base, shown(file))));
    }
  }
  for (const std::string& file : added) {
    const FileName name = read_file_name(file);
    // A down part changes nothing of what is deployed.
    if (!is_migration(name) || name.role == FileRole::down) continue;
    if (const auto hash = on_base.hash_of(file)) {
      // The base has got it meanwhile, from elsewhere.
      if (git.lines({"hash-object", "--", file}) != std::vector{*hash})
        compared.findings.push_back(about("edited-since-base", Severity::error,
                                          fmt::format("{} is another one on {}", file, base),
                                          shown(file),
                                          "give it a newer version: migrator new NAME"));
      continue;
    }
    compared.added.insert(id_of(name));
    if (name.role == FileRole::repeatable) continue;
    if (const auto other = on_base.of_version(name.version))
      compared.findings.push_back(
          about("duplicate-of-base", Severity::error,
                fmt::format("{} has the version of {}, which {} has", file, *other, base),
                shown(file), "give it a newer version: migrator new NAME"));
    else if (name.version < on_base.newest().version)
      compared.findings.push_back(about(
          "late-for-base", Severity::error,
          fmt::format("{} sorts before {}, the newest of {}", file, on_base.newest().file, base),
          shown(file), "give it a newer version: migrator new NAME"));
  }
  return compared;
}

}  // namespace migrator
