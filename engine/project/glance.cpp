#include "engine/project/glance.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <span>
#include <string_view>
#include <thread>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/folder.h"
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
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kOptionsFile = "seeds.toml";

/// Thrown here and caught here: this file needs a closer look.
struct NotSure {};

void want(bool condition) {
  if (!condition) throw NotSure{};
}

/// Without the byte-order mark, as text_file does it.
Content text_of(Content bytes, bool is_gzipped = false) {
  if (is_gzipped) {
    Gunzipped unpacked = gunzip(bytes);
    want(unpacked.problem.empty());
    bytes = std::move(unpacked.bytes);
  }
  if (bytes.view().starts_with(kByteOrderMark))
    return bytes.stretch(kByteOrderMark.size(), bytes.size() - kByteOrderMark.size());
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
std::string checksum_of(const Content& text, const IncludedFiles& included, Sha256& hash) {
  if (!holds_backslash(text)) {
    for_each_piece(text, [&](std::string_view piece, std::size_t) { hash.add(piece); });
    return hash.digits();
  }
  // What would have to be read like that is better read once, and for good.
  want(text.size() < kLarge);
  std::vector<Finding> findings;
  const Part part = make_part("", text, 1, included, findings);
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
  std::vector<std::pair<std::string, Content>> read = {};
};

/// What looking at files takes.
struct Means {
  const Folder& folder;
  const IncludedFiles& included;
  const FileMemory* memory = nullptr;
};

/// Looks at some files of the folder of migrations.
class Look {
 public:
  explicit Look(const Means& means) : means_(means) {}

  Found at(std::span<const Folder::Entry> entries) {
    for (const Folder::Entry& entry : entries) look_at(entry);
    return std::move(found_);
  }

 private:
  void look_at(const Folder::Entry& entry) {
    FileName name = read_file_name(entry.name);
    if (name.role == FileRole::ignored) return;
    want(entry.kind == Folder::Kind::file);  // to open a pipe would wait for ever
    switch (name.role) {
      case FileRole::ignored:
      case FileRole::down:
        // One that is named otherwise than its up part is warned of.
        found_.downs.emplace_back(name.version, std::move(name.name));
        return;
      case FileRole::whole:
      case FileRole::up:
        found_.versioned.push_back({to_string(name.version), checksum(entry.name, name.role)});
        found_.ups.emplace_back(name.version, std::move(name.name));
        return;
      case FileRole::repeatable:
        found_.repeatable.push_back({"R__" + name.name, checksum(entry.name, name.role)});
        return;
      case FileRole::stray:
      case FileRole::unknown:
      case FileRole::too_large:
        throw NotSure{};
    }
  }

  std::optional<FileStamp> stamp(const std::string& name) const {
    return means_.memory ? stamp_of(means_.folder.path() / name) : std::nullopt;
  }

  /// Of what is applied of a file. One with a backslash may depend on others, and is not
  /// remembered.
  std::string checksum(const std::string& name, FileRole role) {
    const auto before = stamp(name);
    if (before)
      if (const auto known = means_.memory->checksum_of(name, *before)) {
        found_.remembered.push_back({name, *before, std::string(*known)});
        return found_.remembered.back().checksum;
      }
    Content bytes = means_.folder.read(name);
    const bool has_mark = bytes.view().starts_with(kByteOrderMark);
    std::string checksum =
        has_mark ? checksum_of_text(text_of(bytes), role) : checksum_of_text(bytes, role);
    if (before && !holds_backslash(bytes) && stamp(name) == before)
      found_.remembered.push_back({name, *before, checksum});
    keep(name, std::move(bytes));
    return checksum;
  }

  std::string checksum_of_text(const Content& text, FileRole role) {
    if (role != FileRole::whole) return checksum_of(text, means_.included, hash_);
    const MarkedFile marked = split_at_marks({"", text.view(), 1, &text});
    want(marked.findings.empty() && marked.up.has_value());
    if (marked.up->mark_line == 0) return checksum_of(text, means_.included, hash_);
    const Content up = text.stretch(marked.up->offset, marked.up->length);
    return checksum_of(up, means_.included, hash_);
  }

  /// For who loads the project behind this. Of megabytes (for each thread) a second reading is the
  /// smaller evil.
  void keep(const std::string& name, Content bytes) {
    constexpr std::size_t enough = std::size_t{8} << 20U;
    if (bytes.is_mapped() || kept_ + bytes.size() > enough) return;
    kept_ += bytes.size();
    found_.read.emplace_back(name, std::move(bytes));
  }

  const Means& means_;
  Sha256 hash_ = {};
  Found found_ = {};
  std::size_t kept_ = 0;
};

class Glancer {
 public:
  explicit Glancer(const ProjectFolders& folders) : folders_(folders) {}

  Glance run(bool with_seeds) {
    if (with_seeds) look_at_seeds();
    const IncludedFiles included = included_from(folders_.migrations);
    recall();
    const Folder folder(folders_.migrations);
    const std::vector<Folder::Entry> entries = folder.entries();
    look_at_migrations(entries, {folder, included, memory_ ? &*memory_ : nullptr});
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
  void look_at_migrations(std::span<const Folder::Entry> entries, const Means& means) {
    constexpr std::size_t kForOneThread = 500;
    const std::size_t most = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t threads = std::clamp(entries.size() / kForOneThread, std::size_t{1}, most);
    const std::size_t each = entries.size() / threads + 1;
    std::vector<std::future<Found>> others;
    while (entries.size() > each) {
      others.push_back(std::async(std::launch::async, [part = entries.last(each), &means] {
        return Look(means).at(part);
      }));
      entries = entries.first(entries.size() - each);
    }
    take(Look(means).at(entries));
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
    move(found.read, glance_.read);
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
      options = read_seed_options(text_of(Content::of_file(folder / kOptionsFile)).view(), "");
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
      Content text = text_of(Content::of_file(entry.path()), data && data->is_gzipped);
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
      glance_.seeds->push_back({id, checksum_of(text, included, hash_)});
    }
  }

  const ProjectFolders& folders_;
  Glance glance_;
  std::vector<Named> ups_;
  std::vector<Named> downs_;
  std::vector<RememberedFile> remembered_;
  std::optional<FileMemory> memory_;
  Sha256 hash_ = {};
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
