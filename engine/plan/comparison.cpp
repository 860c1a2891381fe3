#include "engine/plan/comparison.h"

#include <algorithm>
#include <map>
#include <set>

namespace migrator {
namespace {

Standing standing_of_changed_text(const Entry& entry) {
  const Checksums& applied = entry.applied->checksums;
  const Checksums& on_disk = *entry.checksums();
  if (applied.bytes == on_disk.bytes) return Standing::applied;
  if (applied.canonical == on_disk.canonical) return Standing::cosmetic;
  return Standing::changed;
}

/// What differs is simply run again: that is what repeatable means; for a seed its policy says so.
Standing standing_of_rerunnable(const Entry& entry) {
  const RunPolicy policy = entry.seed ? entry.part()->directives.run : RunPolicy::on_change;
  if (policy == RunPolicy::always) return Standing::pending;
  if (policy == RunPolicy::once) return Standing::applied;
  const Standing standing = standing_of_changed_text(entry);
  return standing == Standing::changed ? Standing::pending : standing;
}

class Join {
 public:
  Join(const Project& project, const History& history) : project_(project), history_(history) {
    for (const AppliedMigration& row : history.rows) {
      rows_[row.id] = &row;
      if (row.kind == StepKind::baseline) baseline_ = std::max(baseline_, row.version);
      if (row.kind != StepKind::seed) newest_applied_ = std::max(newest_applied_, row.version);
    }
    for (const Migration& migration : project.migrations)
      if (!migration.repeatable) newest_on_disk_ = std::max(newest_on_disk_, {migration.version});
  }

  Comparison run() {
    for (const Migration& migration : project_.migrations)
      if (!migration.repeatable) add(versioned(migration));
    add_gone(StepKind::versioned);
    add_gone(StepKind::baseline);
    std::ranges::stable_sort(result_.entries, {}, &Entry::version);
    for (const Migration& migration : project_.migrations)
      if (migration.repeatable) add(rerunnable(migration));
    add_gone(StepKind::repeatable);
    for (const Seed& seed : project_.seeds) add(rerunnable(seed));
    add_gone(StepKind::seed);
    return std::move(result_);
  }

 private:
  void add(Entry entry) {
    known_.insert(entry.id);
    result_.entries.push_back(std::move(entry));
  }

  const AppliedMigration* row(const std::string& id) const {
    const auto found = rows_.find(id);
    return found == rows_.end() ? nullptr : found->second;
  }

  Entry versioned(const Migration& migration) const {
    Entry entry{.id = migration.id(),
                .version = migration.version,
                .name = migration.name,
                .migration = &migration,
                .applied = row(migration.id())};
    if (entry.applied && entry.applied->kind == StepKind::baseline) {
      entry.kind = StepKind::baseline;
      entry.standing = Standing::baseline;
    } else if (entry.applied && entry.applied->state != StepState::applied) {
      entry.standing = Standing::half_done;
    } else if (entry.applied) {
      entry.standing = standing_of_changed_text(entry);
    } else if (baseline_ && migration.version <= *baseline_) {
      entry.standing = Standing::baseline;
    } else if (newest_applied_ && migration.version < *newest_applied_) {
      entry.standing = Standing::late;
    }
    return entry;
  }

  Entry rerunnable(Entry entry) const {
    entry.applied = row(entry.id);
    if (!entry.applied) return entry;
    entry.standing = entry.applied->state == StepState::applied ? standing_of_rerunnable(entry)
                                                                : Standing::half_done;
    return entry;
  }

  Entry rerunnable(const Migration& migration) const {
    return rerunnable(Entry{.id = migration.id(),
                            .kind = StepKind::repeatable,
                            .name = migration.name,
                            .migration = &migration});
  }

  Entry rerunnable(const Seed& seed) const {
    return rerunnable(
        Entry{.id = seed.id(), .kind = StepKind::seed, .name = seed.name, .seed = &seed});
  }

  /// Rows whose file is gone.
  void add_gone(StepKind kind) {
    for (const AppliedMigration& row : history_.rows) {
      if (row.kind != kind || known_.contains(row.id)) continue;
      add({.id = row.id,
           .kind = row.kind,
           .version = row.version,
           .name = row.name,
           .standing = standing_without_file(row),
           .applied = &row});
    }
  }

  Standing standing_without_file(const AppliedMigration& row) const {
    if (row.kind == StepKind::baseline) return Standing::baseline;
    if (row.state != StepState::applied) return Standing::half_done;
    // A seed of another environment's set is no loss, and a repeatable or seed file may simply be
    // retired; only the order of versions tells that somebody lost a file.
    if (row.kind != StepKind::versioned) return Standing::ahead;
    if (!newest_on_disk_) return Standing::missing;  // an empty folder is no older release
    return row.version < newest_on_disk_ ? Standing::missing : Standing::ahead;
  }

  const Project& project_;
  const History& history_;
  std::map<std::string, const AppliedMigration*> rows_;
  std::set<std::string> known_;
  std::optional<Version> baseline_;
  std::optional<Version> newest_applied_;
  std::optional<Version> newest_on_disk_;
  Comparison result_;
};

}  // namespace

std::string_view to_text(Standing standing) {
  switch (standing) {
    case Standing::applied:
      return "applied";
    case Standing::cosmetic:
      return "cosmetic";
    case Standing::baseline:
      return "baseline";
    case Standing::pending:
      return "pending";
    case Standing::late:
      return "late";
    case Standing::changed:
      return "changed";
    case Standing::missing:
      return "missing";
    case Standing::ahead:
      return "ahead";
    case Standing::half_done:
      return "half-done";
  }
  return "";
}

std::string Entry::shown() const {
  if (const Part* on_disk = part()) return on_disk->file;
  return kind == StepKind::versioned || kind == StepKind::baseline ? id + "_" + name
         : kind == StepKind::repeatable                            ? id
                                                                   : name;
}

std::size_t Comparison::count(Standing standing) const {
  return static_cast<std::size_t>(std::ranges::count(entries, standing, &Entry::standing));
}

Comparison compare(const Project& project, const History& history) {
  return Join(project, history).run();
}

}  // namespace migrator
