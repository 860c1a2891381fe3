#include "engine/project/glance.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <span>
#include <string_view>
#include <thread>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/gunzip.h"
#include "engine/project/checksum.h"
#include "engine/project/data_seed.h"
#include "engine/project/data_variables.h"
#include "engine/project/file_memory.h"
#include "engine/project/file_name.h"
#include "engine/project/marks.h"
#include "engine/project/part.h"
#include "engine/project/seed_options.h"
#include "engine/sql/directives.h"

namespace migrator {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCommon = "common";
constexpr std::size_t kLarge = std::size_t{1} << 20U;
constexpr std::string_view kOptionsFile = "seeds.toml";

/// Thrown here and caught here: this file needs a closer look.
struct NotSure {};

void want(bool condition) {
  if (!condition) throw NotSure{};
}

/// Without the byte-order mark, as text_file does it.
Content text_of(const fs::path& path, bool is_gzipped = false) {
  Content bytes = Content::of_file(path);
  if (is_gzipped) {
    Gunzipped unpacked = gunzip(bytes);
    want(unpacked.problem.empty());
    bytes = std::move(unpacked.bytes);
  }
  if (bytes.view().starts_with("\xEF\xBB\xBF")) return bytes.stretch(3, bytes.size() - 3);
  return bytes;
}

bool holds_backslash(const Content& text) {
  bool holds = false;
  for_each_piece(text, [&](std::string_view piece, std::size_t) {
    holds = holds || piece.find('\\') != std::string_view::npos;
  });
  return holds;
}

/// A backslash may be psql's, and read another file, which is a part of the checksum then.
std::string checksum_of(Content text, const IncludedFiles& included) {
  if (!holds_backslash(text)) {
    Sha256 hash;
    for_each_piece(text, [&](std::string_view piece, std::size_t) { hash.add(piece); });
    return hash.digits();
  }
  // What would have to be read like that is better read once, and for good.
  want(text.size() < kLarge);
  std::vector<Finding> findings;
  const Part part = make_part("", std::move(text), 1, included, findings);
  want(findings.empty());
  return checksums_of(part).bytes;
}

using Named = std::pair<Version, std::string>;

/// What some of the files are.
struct Found {
  std::vector<Expected> versioned = {};
  std::vector<Expected> repeatable = {};
  std::vector<Named> ups = {};
  std::vector<Named> downs = {};
  std::vector<RememberedFile> remembered = {};
};

Content up_part_of(const Content& text) {
  const MarkedFile marked = split_at_marks({"", text.view(), 1, &text});
  want(marked.findings.empty() && marked.up.has_value());
  if (marked.up->mark_line == 0) return text;
  return text.stretch(marked.up->offset, marked.up->length);
}

/// What looking at files takes.
struct Means {
  const IncludedFiles& included;
  const FileMemory* memory = nullptr;
};

/// Of what is applied of a file. One with a backslash may depend on others, and is not remembered.
std::string checksum_of(const fs::path& path, FileRole role, const Means& means, Found& found) {
  const auto stamp = means.memory ? stamp_of(path) : std::nullopt;
  const std::string name = path.filename().string();
  if (stamp)
    if (const auto known = means.memory->checksum_of(name, *stamp)) {
      found.remembered.push_back({name, *stamp, std::string(*known)});
      return found.remembered.back().checksum;
    }
  Content text = text_of(path);
  if (role == FileRole::whole) text = up_part_of(text);
  const bool stands_alone = stamp && !holds_backslash(text);
  std::string checksum = checksum_of(std::move(text), means.included);
  if (stands_alone && stamp_of(path) == stamp) found.remembered.push_back({name, *stamp, checksum});
  return checksum;
}

void look_at(const fs::directory_entry& entry, const Means& means, Found& found) {
  const fs::path& path = entry.path();
  const FileName name = read_file_name(path.filename().native());
  if (name.role == FileRole::ignored) return;
  want(entry.is_regular_file());  // to open a pipe would wait for ever
  switch (name.role) {
    case FileRole::ignored:
    case FileRole::down:
      // One that is named otherwise than its up part is warned of.
      found.downs.emplace_back(name.version, name.name);
      return;
    case FileRole::whole:
    case FileRole::up:
      found.ups.emplace_back(name.version, name.name);
      found.versioned.push_back(
          {to_string(name.version), checksum_of(path, name.role, means, found)});
      return;
    case FileRole::repeatable:
      found.repeatable.push_back({"R__" + name.name, checksum_of(path, name.role, means, found)});
      return;
    case FileRole::stray:
    case FileRole::unknown:
    case FileRole::too_large:
      throw NotSure{};
  }
}

Found look_at(std::span<const fs::directory_entry> entries, const Means& means) {
  Found found;
  for (const fs::directory_entry& entry : entries) look_at(entry, means, found);
  return found;
}

class Glancer {
 public:
  explicit Glancer(const ProjectFolders& folders) : folders_(folders) {}

  Glance run(bool with_seeds) {
    if (with_seeds) look_at_seeds();
    const IncludedFiles included = included_from(folders_.migrations);
    recall();
    std::vector<fs::directory_entry> entries;
    for (const fs::directory_entry& entry : fs::directory_iterator(folders_.migrations))
      entries.push_back(entry);
    look_at_migrations(entries, {included, memory_ ? &*memory_ : nullptr});
    want(!ups_.empty() || !glance_.repeatable.empty());
    want_each_version_once();
    remember();
    return std::move(glance_);
  }

 private:
  IncludedFiles included_from(const fs::path& folder) const {
    return {folders_.root, folders_.working_folder, {folder}, folders_.variables};
  }

  void recall() {
    try {
      if (!folders_.file_memory.empty()) memory_.emplace(folders_.file_memory, folders_.migrations);
    } catch (const Error& error) {
      complain(error.finding());
    }
  }

  void remember() {
    try {
      if (memory_) memory_->keep(remembered_, folders_.asked_at);
    } catch (const Error& error) {
      complain(error.finding());
    }
  }

  /// Without a memory it goes on, more slowly.
  void complain(Finding finding) {
    finding.severity = Severity::warning;
    glance_.finding = std::move(finding);
  }

  /// By several threads where there are many.
  void look_at_migrations(std::span<const fs::directory_entry> entries, const Means& means) {
    constexpr std::size_t kForOneThread = 500;
    const std::size_t most = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t threads = std::clamp(entries.size() / kForOneThread, std::size_t{1}, most);
    const std::size_t each = entries.size() / threads + 1;
    std::vector<std::future<Found>> others;
    while (entries.size() > each) {
      others.push_back(std::async(std::launch::async, [part = entries.last(each), &means] {
        return look_at(part, means);
      }));
      entries = entries.first(entries.size() - each);
    }
    take(look_at(entries, means));
    for (std::future<Found>& other : others) take(other.get());
  }

  void take(Found found) {
    const auto move = [](auto& from, auto& to) {
      to.insert(to.end(), std::make_move_iterator(from.begin()),
                std::make_move_iterator(from.end()));
    };
    move(found.versioned, glance_.versioned);
    move(found.repeatable, glance_.repeatable);
    move(found.ups, ups_);
    move(found.downs, downs_);
    move(found.remembered, remembered_);
  }

  void want_each_version_once() {
    std::ranges::sort(ups_);
    std::ranges::sort(downs_);
    const auto same = [](const Named& one, const Named& other) { return one.first == other.first; };
    want(std::ranges::adjacent_find(ups_, same) == ups_.end());
    want(std::ranges::adjacent_find(downs_, same) == downs_.end());
    want(std::ranges::includes(ups_, downs_));
  }

  void look_at_seeds() {
    glance_.seeds.emplace();
    for (const std::string& set : folders_.seed_sets) look_at_seeds(set);
  }

  void look_at_seeds(const std::string& set) {
    const bool is_common = set == kCommon;
    const fs::path folder = is_common ? folders_.seeds : folders_.seeds / set;
    std::error_code ignored;
    if (is_common && !folders_.seeds_are_named && !fs::exists(fs::symlink_status(folder, ignored)))
      return;
    const IncludedFiles included = included_from(folders_.seeds);
    SeedOptionsFile options;
    if (fs::exists(folder / kOptionsFile, ignored))
      options = read_seed_options(text_of(folder / kOptionsFile).view(), "");
    want(options.findings.empty());
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      const std::string name = entry.path().filename().native();
      if (is_ignored_file(name)) continue;
      // Beside the common seeds it is another set.
      if (is_common && entry.is_directory() && name != kCommon) continue;
      want(entry.is_regular_file());
      if (name == kOptionsFile) continue;
      const std::string id = "seed/" + (is_common ? name : set + "/" + name);
      const auto data = read_data_file_name(name);
      Content text = text_of(entry.path(), data && data->is_gzipped);
      if (data) {
        const SeedOptions& table = options.tables[data->table];
        want(table.mode != SeedMode::once);
        std::vector<Finding> findings;
        if (table.variables)
          text = with_variables(text, data->format, included.variables(), "", findings).text;
        want(findings.empty());
        glance_.seeds->push_back({id, checksums_of_data(text, table).bytes});
        continue;
      }
      want(name.ends_with(".sql"));
      const Directives directives = read_directives({"", text.view(), 1, &text}).directives;
      want(directives.run == RunPolicy::on_change);
      glance_.seeds->push_back({id, checksum_of(std::move(text), included)});
    }
  }

  const ProjectFolders& folders_;
  Glance glance_;
  std::vector<Named> ups_;
  std::vector<Named> downs_;
  std::vector<RememberedFile> remembered_;
  std::optional<FileMemory> memory_;
};

}  // namespace

std::string Glance::digest() const {
  std::vector<std::pair<const Expected*, std::string_view>> rows;
  const auto add = [&](const std::vector<Expected>& files, std::string_view kind) {
    for (const Expected& file : files) rows.emplace_back(&file, kind);
  };
  add(versioned, "versioned");
  add(repeatable, "repeatable");
  if (seeds) add(*seeds, "seed");
  std::ranges::sort(rows, {}, [](const auto& row) -> const std::string& { return row.first->id; });
  std::string lines;
  for (const auto& [file, kind] : rows)
    lines.append(file->id)
        .append(1, '|')
        .append(kind)
        .append("|applied|")
        .append(file->checksum)
        .append(1, '\n');
  return sha256(lines);
}

std::optional<Glance> glance_at(const ProjectFolders& folders, bool with_seeds) noexcept {
  try {
    return Glancer(folders).run(with_seeds);
  } catch (const NotSure&) {
    return std::nullopt;
  } catch (const std::exception&) {
    return std::nullopt;  // loading the project tells
  }
}

}  // namespace migrator
