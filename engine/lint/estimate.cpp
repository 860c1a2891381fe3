#include "engine/lint/estimate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace migrator {
namespace {

constexpr double kBrief = 0.2;  // seconds
constexpr double kLong = 30;
constexpr double kBuild = 2;  // times as long as reading
constexpr double kWrite = 4;
constexpr double kUpdate = 16;
constexpr double kMegabyte = 1e6;

constexpr auto kSized = std::to_array<std::string_view>({
    "add-check-constraint",
    "add-column-auto-increment",
    "add-column-constrained-domain",
    "add-column-stored-generated",
    "add-column-volatile-default",
    "add-exclusion-constraint",
    "add-foreign-key",
    "add-primary-key",
    "add-unique-constraint",
    "attach-partition-scan",
    "backfill-with-ddl",
    "change-column-type",
    "create-index-not-concurrent",
    "primary-key-using-nullable-index",
    "refresh-not-concurrent",
    "reindex-not-concurrent",
    "set-not-null",
    "statement-after-access-exclusive",
    "table-rewrite-command",
    "unbounded-update",
    "validate-in-same-transaction",
});

bool builds_index(const Action& action) {
  if (action.kind == ActionKind::create_index || action.kind == ActionKind::reindex) return true;
  if (action.kind != ActionKind::add_constraint && action.kind != ActionKind::add_column)
    return false;
  const std::span<const ConstraintFacts> constraints =
      action.kind == ActionKind::add_column
          ? std::span<const ConstraintFacts>(action.columns.front().constraints)
          : action.constraints;
  return std::ranges::any_of(constraints, [](const ConstraintFacts& facts) {
    const bool has_index = facts.kind == ConstraintKind::unique ||
                           facts.kind == ConstraintKind::primary_key ||
                           facts.kind == ConstraintKind::exclusion;
    return has_index && facts.using_index.empty();
  });
}

bool writes_all(const Action& action) {
  return action.kind == ActionKind::change_rows && action.everywhere;
}

/// The table of a lock, where that can be told.
std::optional<ObjectName> table_of(const Situation& now, const ExpectedLock& lock) {
  if (lock.target == LockTarget::relation && !lock.name.name.empty())
    return now.model.resolve(lock.name);
  if (lock.target != LockTarget::table_of_index) return std::nullopt;
  const auto place = now.model.find_index(lock.name);
  return place ? std::optional(place->table->name) : std::nullopt;
}

/// In bytes read; nothing where no rows are gone through, which is not the same as an empty table.
std::optional<double> work_of(const Situation& now, const ExpectedLock& lock, const TableSize& size,
                              bool sized) {
  const auto is_done = [&](const Effect& effect) {
    return effect.answer == Answer::yes || (sized && effect.answer == Answer::perhaps);
  };
  const auto heap = static_cast<double>(size.heap);
  const auto all = static_cast<double>(size.bytes);
  if (is_done(lock.rewrite)) return all * kWrite;
  if (std::ranges::any_of(now.actions, writes_all)) return all * kUpdate;
  if (!is_done(lock.scan)) return std::nullopt;
  const bool reindexes_all = now.actions.size() == 1 &&
                             now.actions.front().kind == ActionKind::reindex &&
                             now.actions.front().object == "TABLE";
  if (reindexes_all) return heap + static_cast<double>(size.indexes) * kBuild;
  return std::ranges::any_of(now.actions, builds_index) ? heap * kBuild : heap;
}

/// "41 M", "1,200", "12 GB"
std::string rounded(double value, std::string_view unit, double step) {
  constexpr std::array<std::string_view, 5> kPrefixes{"", "k", "M", "G", "T"};
  std::size_t prefix = 0;
  while (value >= step && prefix + 1 < kPrefixes.size()) {
    value /= step;
    ++prefix;
  }
  const bool whole = prefix == 0 || value >= 10;
  const std::string number = whole ? fmt::format("{:.0f}", value) : fmt::format("{:.1f}", value);
  const std::string behind = std::string(kPrefixes[prefix]) + std::string(unit);
  return behind.empty() ? number : number + " " + behind;
}

std::string time_text(double seconds) {
  if (seconds < 1) return "less than a second";
  if (seconds < 90) return fmt::format("about {:.0f} s", seconds);
  if (seconds < 90 * 60) return fmt::format("about {:.0f} min", seconds / 60);
  return fmt::format("about {:.0f} h", seconds / 3600);
}

}  // namespace

bool is_sized(std::string_view rule) {
  return std::ranges::find(kSized, rule) != kSized.end();
}

std::optional<Estimate> estimate(const Situation& now, const DatabaseStats& stats, double speed,
                                 bool sized) {
  std::optional<Estimate> longest;
  for (const ForecastLock& forecast : now.forecast.locks) {
    const ExpectedLock& lock = forecast.lock;
    const auto table = table_of(now, lock);
    if (!table || now.model.is_new(*table)) continue;
    const auto known = stats.tables.find(*table);
    if (known == stats.tables.end()) continue;
    const auto work = work_of(now, lock, known->second, sized);
    const TableSize& size = known->second;
    const bool is_empty = size.kind == "table" && size.rows == 0;
    if (!work || (*work == 0 && !is_empty)) continue;
    const double seconds = *work / (speed * kMegabyte);
    if (longest && seconds <= longest->seconds) continue;
    // What is done under a lock that the transaction has already is done under that one.
    const LockMode mode = forecast.held ? std::max(forecast.held->mode, lock.mode) : lock.mode;
    longest = Estimate{*table, mode, known->second, seconds};
  }
  return longest;
}

std::string to_text(const Estimate& estimate) {
  const TableSize& size = estimate.size;
  const std::string table = to_short_text(estimate.table);
  std::string big = rounded(static_cast<double>(size.bytes), "B", 1000);
  if (size.rows) big = rounded(static_cast<double>(*size.rows), "", 1000) + " rows, " + big;
  const Blocked blocked = blocked_by(estimate.mode);
  std::string waits = "nobody waits";
  if (blocked == Blocked::schema_changes) waits = "reads and writes go on";
  if (blocked == Blocked::writes) waits = "writes wait";
  if (blocked == Blocked::reads_and_writes) waits = "reads and writes wait";
  const double writes = size.writes_per_second.value_or(0);
  if (blocked >= Blocked::writes && writes >= 1)
    waits += fmt::format(", {} rows written in a second", rounded(writes, "", 1000));
  return fmt::format("{} on {} ({}) for {}: {}", to_text(estimate.mode), table, big,
                     time_text(estimate.seconds), waits);
}

SizedLevel sized(Level level, const Estimate& estimate) {
  if (level <= Level::note && estimate.seconds < kLong) return {level};
  if (estimate.seconds < kBrief) return {Level::note, "size-brief"};
  if (estimate.seconds < kLong || level == Level::error || level == Level::off) return {level};
  return {level == Level::note ? Level::warning : Level::error, "size-long"};
}

}  // namespace migrator
