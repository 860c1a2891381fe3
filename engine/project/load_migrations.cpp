#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "engine/base/text.h"
#include "engine/project/complaint.h"
#include "engine/project/file_name.h"
#include "engine/project/marks.h"
#include "engine/project/part.h"
#include "engine/project/project.h"
#include "engine/project/shown_path.h"
#include "engine/project/text_file.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

/// Reads the folder file by file, then joins the parts of one version.
class MigrationLoader {
 public:
  MigrationLoader(const ProjectFolders& folders, Project& project, ReadFiles read)
      : folder_(folders.migrations),
        working_folder_(folders.working_folder),
        shown_(shown_path(folder_, working_folder_)),
        shown_before_(shown_path(folder_ / "x", working_folder_)),
        included_(folders.root, working_folder_, {folders.migrations}, folders.variables),
        project_(project),
        read_(std::move(read)) {
    shown_before_.pop_back();  // the x: of the folder "." nothing stands before a name
  }

  void load() {
    std::error_code ignored;
    if (!fs::is_directory(folder_, ignored)) fail_because_missing();
    for (const std::string& name : list_names(folder_, shown_)) load_entry(name);
    for (auto& [version, parts] : versions_) join(version, parts);
    std::ranges::move(repeatables_, std::back_inserter(project_.migrations));
    for (const std::string& shown : ignored_folders_)
      if (!is_included_from(shown))
        complain(Severity::warning, "ignored-folder",
                 fmt::format("the folder {} is not searched for migrations", shown), shown,
                 "move its migrations up, or the folder away");
    if (!has_files_)
      complain(Severity::note, "migrations-empty",
               fmt::format("the folder {} holds no migrations", shown_), {},
               "make the first with: migrator new NAME");
  }

 private:
  /// A part of a version and the name of its file's migration.
  struct NamedPart {
    std::string name;
    Part part;
  };
  struct PartsOfVersion {
    std::vector<NamedPart> ups;
    std::vector<NamedPart> downs;
  };

  [[noreturn]] void fail_because_missing() const {
    std::error_code ignored;
    Finding finding =
        complaint("migrations-missing", fs::exists(folder_, ignored)
                                            ? fmt::format("{} is no folder of migrations", shown_)
                                            : fmt::format("there is no folder {}", shown_));
    finding.next = "create it, or name another with --migrations DIR or [migrations] dir";
    fail(std::move(finding));
  }

  void complain(Severity severity, std::string id, std::string message, const std::string& file,
                std::string next) {
    Finding finding = complaint(std::move(id), std::move(message), file);
    finding.severity = severity;
    finding.next = std::move(next);
    project_.findings.push_back(std::move(finding));
  }

  void load_entry(const std::string& file_name) {
    const std::string shown = shown_before_ + file_name;
    const FileName name = read_file_name(file_name);
    if (name.role == FileRole::ignored) return;
    if (find_invalid_utf8(file_name)) return complain_of_name(file_name);
    std::error_code ignored;
    if (!file_name.ends_with(".sql") && fs::is_directory(folder_ / file_name, ignored))
      return ignored_folders_.push_back(shown);
    has_files_ = true;
    switch (name.role) {
      case FileRole::ignored:
        return;
      case FileRole::stray:
        return complain(Severity::warning, "unknown-file",
                        fmt::format("{} is no migration and is ignored", shown), shown,
                        "move it out of the folder of migrations");
      case FileRole::unknown:
        return complain(
            Severity::error, "unknown-file",
            fmt::format("the name {} fits no layout of a migration", shown), shown,
            fmt::format("rename it: {} would be valid (or V_name.up.sql and V_name.down.sql, or "
                        "R__name.sql)",
                        name.suggestion));
      case FileRole::too_large:
        return complain(Severity::error, "version-too-large",
                        fmt::format("the version of {} is above 9223372036854775807", shown), shown,
                        "use a smaller number, such as 20261122103000");
      case FileRole::whole:
      case FileRole::up:
      case FileRole::down:
      case FileRole::repeatable:
        break;
    }
    if (auto text = text_of(file_name, shown))
      load_text(name, shown, std::move(*text));
    else if (name.role == FileRole::up || name.role == FileRole::whole)
      unreadable_ups_.push_back(name.version);
  }

  std::optional<Content> text_of(const std::string& file_name, const std::string& shown) {
    const auto known = read_.find(file_name);
    if (known == read_.end()) return read_text_file(folder_ / file_name, shown, project_.findings);
    if (!make_text(known->second, shown, project_.findings)) return std::nullopt;
    return std::move(known->second);
  }

  /// A folder of files that migrations read by \\ir and the like is there for that.
  bool is_included_from(const std::string& folder) const {
    const auto reads = [&](const Part& part) {
      return std::ranges::any_of(part.included, [&](const Included& included) {
        return included.file.starts_with(folder + "/");
      });
    };
    return std::ranges::any_of(project_.migrations, [&](const Migration& migration) {
      return reads(migration.up) || (migration.down && reads(*migration.down));
    });
  }

  /// The history keeps names, and takes UTF-8 alone.
  void complain_of_name(const std::string& file_name) {
    has_files_ = true;
    const std::size_t offset = *find_invalid_utf8(file_name);
    complain(Severity::error, "name-not-utf8",
             fmt::format("the name of a file in {} that begins with \"{}\" is not UTF-8", shown_,
                         file_name.substr(0, offset)),
             {}, "rename it");
  }

  void load_text(const FileName& name, const std::string& shown, Content text) {
    auto& findings = project_.findings;
    const Source source{shown, text.view(), 1, &text};
    std::ranges::move(refuse_foreign_marks(source), std::back_inserter(findings));
    if (name.role == FileRole::whole) return load_whole(name, shown, text);

    const std::string_view reason = name.role == FileRole::repeatable
                                        ? "a repeatable migration has no down part"
                                        : "its name already says which part it is";
    std::ranges::move(refuse_marks(source, reason), std::back_inserter(findings));
    Part part = make_part(shown, std::move(text), 1, included_, findings);
    if (name.role == FileRole::repeatable) return add_repeatable(name.name, std::move(part));
    PartsOfVersion& parts = versions_[name.version];
    (name.role == FileRole::up ? parts.ups : parts.downs).push_back({name.name, std::move(part)});
  }

  void load_whole(const FileName& name, const std::string& shown, const Content& text) {
    MarkedFile marked = split_at_marks({shown, text.view(), 1, &text});
    std::ranges::move(marked.findings, std::back_inserter(project_.findings));
    PartsOfVersion& parts = versions_[name.version];
    const auto add = [&](const std::optional<MarkedText>& stretch, std::vector<NamedPart>& to) {
      if (!stretch) return;
      Part part = make_part(shown, text.stretch(stretch->offset, stretch->length),
                            stretch->first_line, included_, project_.findings);
      if (stretch->transaction && part.directives.transaction == TransactionMode::automatic)
        part.directives.transaction = *stretch->transaction;
      to.push_back({name.name, std::move(part)});
    };
    add(marked.up, parts.ups);
    add(marked.down, parts.downs);
  }

  /// A migration runs once, a repeatable whenever it changed: there is nothing to choose.
  void refuse_directives_of_seeds(const Part& part) {
    const auto leave_to_seeds = [&](bool is_there, std::string_view key, std::string next) {
      if (is_there)
        complain(Severity::error, "directive-for-seeds",
                 fmt::format("{} has the directive {}, which is for seeds", part.file, key),
                 part.file, std::move(next));
    };
    leave_to_seeds(part.directives.run != RunPolicy::on_change, "run",
                   "remove it; what should run whenever it changed is an R__ file");
    leave_to_seeds(!part.directives.after.empty(), "after", "remove it; migrations run by version");
    leave_to_seeds(part.directives.needed_version.has_value(), "requires",
                   "remove it; migrations run by version");
    leave_to_seeds(part.directives.variables, "variables",
                   "remove it; migrations have psql's variables, :'name'");
  }

  void check_not_empty(const Part& up) {
    refuse_directives_of_seeds(up);
    if (up.statement_count > 0) return;
    const bool blank = is_blank(up);
    complain(blank ? Severity::error : Severity::warning, "empty-migration",
             fmt::format("{} {}", up.file,
                         blank ? "has nothing to apply" : "has only comments to apply"),
             up.file, blank ? "write its SQL, or remove the file" : "");
  }

  void add_repeatable(std::string name, Part part) {
    check_not_empty(part);
    const Checksums checksums = checksums_of(part);
    repeatables_.push_back({.version = {},
                            .name = std::move(name),
                            .repeatable = true,
                            .up = std::move(part),
                            .checksums = checksums});
  }

  static std::string files_of(const std::vector<NamedPart>& parts) {
    std::vector<std::string> files;
    for (const NamedPart& part : parts) files.push_back(part.part.file);
    return fmt::format("{}", fmt::join(files, ", "));
  }

  /// True when there is at most one.
  bool check_single(Version version, const std::vector<NamedPart>& parts, std::string_view what) {
    if (parts.size() < 2) return true;
    complain(Severity::error, "duplicate-version",
             fmt::format("version {} has {} {} parts: {}", to_string(version), parts.size(), what,
                         files_of(parts)),
             parts.back().part.file, "give each migration a version of its own");
    return false;
  }

  void join(Version version, PartsOfVersion& parts) {
    if (parts.ups.empty() && parts.downs.empty()) return;
    const bool single_up = check_single(version, parts.ups, "up");
    const bool single_down = check_single(version, parts.downs, "down");
    if (parts.ups.empty()) {
      if (std::ranges::find(unreadable_ups_, version) == unreadable_ups_.end())
        complain(Severity::error, "down-without-up",
                 fmt::format("version {} has a down part but no up part: {}", to_string(version),
                             files_of(parts.downs)),
                 parts.downs.front().part.file, "add the up part, or remove the file");
      return;
    }
    if (!single_up || !single_down) return;

    NamedPart& up = parts.ups.front();
    check_not_empty(up.part);
    Migration migration{
        .version = version, .name = up.name, .up = std::move(up.part), .checksums = {}};
    migration.checksums = checksums_of(migration.up);
    if (!parts.downs.empty()) take_down(migration, parts.downs.front());
    project_.migrations.push_back(std::move(migration));
  }

  void take_down(Migration& migration, NamedPart& down) {
    if (down.name != migration.name)
      complain(Severity::warning, "pair-names-differ",
               fmt::format("{} and {} are parts of one version but have different names",
                           migration.up.file, down.part.file),
               down.part.file, "give both the same name");
    if (down.part.statement_count > 0) {
      migration.down = std::move(down.part);
      return;
    }
    complain(Severity::note, "empty-down",
             fmt::format("{} has a down part without statements: version {} cannot be undone",
                         down.part.file, to_string(migration.version)),
             down.part.file, "");
  }

  const fs::path& folder_;
  const fs::path& working_folder_;
  std::string shown_;
  std::string shown_before_;  ///< the name of a file in it
  IncludedFiles included_;
  Project& project_;
  ReadFiles read_;
  std::map<Version, PartsOfVersion> versions_;
  std::vector<Migration> repeatables_;
  std::vector<Version> unreadable_ups_;
  std::vector<std::string> ignored_folders_;
  bool has_files_ = false;
};

}  // namespace

void load_migrations(const ProjectFolders& folders, Project& project, ReadFiles read) {
  MigrationLoader(folders, project, std::move(read)).load();
}

}  // namespace migrator
