#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "engine/base/text.h"
#include "engine/project/complaint.h"
#include "engine/project/data_seed.h"
#include "engine/project/data_variables.h"
#include "engine/project/file_name.h"
#include "engine/project/marks.h"
#include "engine/project/part.h"
#include "engine/project/project.h"
#include "engine/project/seed_options.h"
#include "engine/project/seed_order.h"
#include "engine/project/shown_path.h"
#include "engine/project/text_file.h"
#include "engine/sql/table_name.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view common = "common";
constexpr std::string_view kOptionsFile = "seeds.toml";

bool is_data_file(std::string_view file_name) {
  constexpr auto endings = std::to_array<std::string_view>(
      {".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".toml", ".yaml", ".yml", ".gz", ".zst"});
  const std::string lower = to_lower_ascii(file_name);
  return std::ranges::any_of(endings, [&](std::string_view end) { return lower.ends_with(end); });
}

class SeedLoader {
 public:
  SeedLoader(const ProjectFolders& folders, Project& project)
      : folder_(folders.seeds),
        working_folder_(folders.working_folder),
        included_(folders.root, working_folder_, {folders.seeds}, folders.variables),
        allow_deletes_(folders.allow_deletes),
        project_(project) {}

  void load_set(const std::string& set) {
    options_.clear();
    used_options_.clear();
    if (set.empty() || set.find('/') != set.npos || set == "." || set == "..")
      return complain(Severity::error, "seed-set-invalid",
                      fmt::format("\"{}\" is no name of a set of seeds", set), {},
                      "name a folder that lies directly in the folder of seeds");
    const fs::path folder = set == common ? folder_ : folder_ / set;
    const std::string shown = shown_path(folder, working_folder_);
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
      if (set == common && !fs::exists(fs::symlink_status(folder, ignored))) return;
      return complain(Severity::error, "seed-set-missing",
                      fmt::format("the set of seeds \"{}\" has no folder {}", set, shown), shown,
                      "create the folder, or take the set out of the configuration");
    }
    const std::vector<fs::path> paths = list_folder(folder, shown);
    for (const fs::path& path : paths)
      if (path.filename() == kOptionsFile) load_options(path);
    for (const fs::path& path : paths)
      if (path.filename() != kOptionsFile) load_entry(path, set);
    for (const auto& [table, ignored_options] : options_)
      if (!used_options_.contains(table))
        complain(Severity::warning, "seed-options",
                 fmt::format("{} has options for {}, of which there is no file",
                             shown + "/" + std::string(kOptionsFile), table),
                 shown, "correct the name, or remove them");
  }

 private:
  void complain(Severity severity, std::string id, std::string message, const std::string& file,
                std::string next) {
    Finding finding = complaint(std::move(id), std::move(message), file);
    finding.severity = severity;
    finding.next = std::move(next);
    project_.findings.push_back(std::move(finding));
  }

  void load_options(const fs::path& path) {
    const std::string shown = shown_path(path, working_folder_);
    const auto text = read_text_file(path, shown, project_.findings);
    if (!text) return;
    SeedOptionsFile file = read_seed_options(text->view(), shown);
    std::ranges::move(file.findings, std::back_inserter(project_.findings));
    options_ = std::move(file.tables);
  }

  void load_data(const fs::path& path, const std::string& name, const DataFileName& data) {
    const std::string shown = shown_path(path, working_folder_);
    SeedOptions options = options_[data.table];
    used_options_.insert(data.table);
    auto text = data.is_gzipped ? read_packed_file(path, shown, project_.findings)
                                : read_text_file(path, shown, project_.findings);
    if (!text) return;
    const std::size_t before = project_.findings.size();
    ReplacedText written;
    if (options.variables) {
      ReplacedText replaced =
          with_variables(*text, data.format, included_.variables(), shown, project_.findings);
      written = {std::exchange(*text, std::move(replaced.text)), std::move(replaced.used)};
    }
    if (project_.findings.size() > before) return;
    const Checksums checksums = checksums_of_data(*text, options);
    if (allow_deletes_) options.delete_share = 1;
    auto part = part_of_data(data, shown, std::move(*text), options);
    veil_of(written.used).cover(std::span(project_.findings).subspan(before));
    if (!part) return;
    if (!written.used.empty()) {
      part->included.front().written = std::move(written.text);
      part->used = std::move(written.used);
    }
    project_.seeds.push_back({.name = name, .part = std::move(*part), .checksums = checksums});
  }

  std::optional<Part> part_of_data(const DataFileName& data, const std::string& shown, Content text,
                                   const SeedOptions& options) {
    auto rows = rows_of(data.format, std::move(text), shown, project_.findings);
    if (!rows) return std::nullopt;
    return make_data_seed(data.table, shown, std::move(*rows), options, project_.findings);
  }

  void load_entry(const fs::path& path, const std::string& set) {
    const std::string file_name = path.filename().string();
    const std::string shown = shown_path(path, working_folder_);
    if (is_ignored_file(file_name)) return;
    const bool is_sql = file_name.ends_with(".sql");
    std::error_code ignored;
    if (fs::is_directory(path, ignored) && !is_sql) return check_folder(file_name, shown, set);
    if (const auto data = read_data_file_name(file_name)) {
      if (!is_table_name(data->table)) return refuse_name(file_name, shown, *data);
      return load_data(path, set == common ? file_name : set + "/" + file_name, *data);
    }
    if (is_data_file(file_name))
      return complain(
          Severity::error, "seed-format",
          fmt::format("{} holds data in a form that is not read", shown), shown,
          "write it as users.csv, .tsv, .jsonl, .json or .toml, or any of them with .gz");
    if (!is_sql) {
      const bool is_slip = to_lower_ascii(file_name).ends_with(".sql");
      return complain(is_slip ? Severity::error : Severity::warning, "unknown-file",
                      fmt::format("{} is no seed and is ignored", shown), shown,
                      is_slip ? "write .sql in lower case" : "move it out of the seeds");
    }
    auto text = read_text_file(path, shown, project_.findings);
    if (!text) return;
    std::ranges::move(refuse_marks({shown, text->view(), 1, &*text}, "a seed has no parts"),
                      std::back_inserter(project_.findings));
    Seed seed{.name = set == common ? file_name : set + "/" + file_name,
              .part = make_part(shown, std::move(*text), 1, included_, project_.findings),
              .checksums = {}};
    if (seed.part.statement_count == 0)
      complain(Severity::warning, "empty-seed", fmt::format("{} has no statements", shown), shown,
               "");
    seed.checksums = checksums_of(seed.part);
    project_.seeds.push_back(std::move(seed));
  }

  void refuse_name(std::string file_name, const std::string& shown, const DataFileName& data) {
    file_name.replace(file_name.find(data.table), data.table.size(),
                      table_name_in_quotes(data.table));
    complain(Severity::error, "seed-format",
             fmt::format("{} is named after the table {}, whose name needs quotes in SQL", shown,
                         data.table),
             shown, fmt::format("write them into the file's name: {}", file_name));
  }

  /// Folders beside the common seeds are other sets; a folder elsewhere is looked at by no one.
  void check_folder(const std::string& file_name, const std::string& shown,
                    const std::string& set) {
    if (set != common)
      complain(Severity::warning, "ignored-folder",
               fmt::format("the folder {} is not searched for seeds", shown), shown,
               "move its seeds up, or the folder away");
    else if (file_name == common)
      complain(
          Severity::warning, "ignored-folder",
          fmt::format("the folder {} is not searched: \"common\" means the files beside it", shown),
          shown, "move its seeds up, or rename the folder");
  }

  const fs::path& folder_;
  const fs::path& working_folder_;
  IncludedFiles included_;
  bool allow_deletes_;
  Project& project_;
  std::map<std::string, SeedOptions> options_ = {};  ///< of the set
  std::set<std::string> used_options_ = {};
};

}  // namespace

void load_seeds(const ProjectFolders& folders, Project& project) {
  SeedLoader loader(folders, project);
  const std::vector<std::string>& sets = folders.seed_sets;
  for (auto set = sets.begin(); set != sets.end(); ++set)
    if (std::find(sets.begin(), set, *set) == set) loader.load_set(*set);
  settle_order(folders, project);
}

}  // namespace migrator
