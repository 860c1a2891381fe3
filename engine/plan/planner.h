// The planner decides what a command will do: disk + history + target -> Plan. Pure; it sends
// nothing and reads no clock. A plan applied to its own result is empty.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/comparison.h"
#include "engine/plan/differences.h"
#include "engine/plan/segments.h"

namespace migrator {

/// A history row as it was read. Who finds it otherwise came too late.
struct RowSeen {
  std::string run_id = {};
  std::size_t fence = 0;
  std::size_t statements_done = 0;

  bool operator==(const RowSeen&) const = default;
};
RowSeen seen(const AppliedMigration& row);

/// One migration or seed to run. The pointers look into the Project, or into Plan::recovered.
struct Step {
  StepAction action = StepAction::apply;
  StepKind kind = StepKind::versioned;
  std::string id;
  std::optional<Version> version = std::nullopt;
  std::string name;
  const Part* part = nullptr;  ///< what is run
  const Part* down = nullptr;  ///< kept in the history for the day when the file is gone
  Checksums checksums;
  std::vector<Segment> segments;
  std::size_t first_statement = 0;  ///< more than 0: resumes a half-done file there
  bool in_flight = false;           ///< that statement was running when its client left
  /// The row that this step takes over: a rerun or a half-done file. Absent: no row.
  std::optional<RowSeen> previous = std::nullopt;
  bool of_half_done = false;            ///< undo: what is undone was applied only in part
  std::vector<std::string> after = {};  ///< of a seed: ids of those that run before it
  bool last_undo = false;               ///< undoing this leaves no migration applied
  std::size_t applied_statements = 0;   ///< undo: how many its up part had

  /// All that is left to do is one transaction: it can be kept or dropped with its history row.
  bool atomic() const;
  /// Of the row, once it is this run's.
  std::size_t fence() const { return previous ? previous->fence + 1 : 1; }
  /// ... and nothing of the file was done before.
  bool is_whole() const { return atomic() && first_statement == 0; }
};

/// A history row whose file changed only in comments: its byte checksum is brought up to date.
struct Refresh {
  std::string id;
  Checksums checksums;
  std::optional<std::string> text;  ///< absent: too long to keep
};

/// What the history keeps of an applied part, for the diff of a changed file.
std::optional<std::string> kept_text_of(const Part& part);

struct Plan {
  std::vector<Step> steps;
  std::vector<Refresh> refreshes;
  std::vector<Finding> findings;    ///< errors here mean that nothing may be run
  std::deque<Part> recovered;       ///< down parts that only the history had
  bool single_transaction = false;  ///< all steps in one
  bool dry_run = false;             ///< ... which is rolled back
  std::string premise = {};         ///< of the history that it rests on, where that matters

  bool is_empty() const { return steps.empty() && refreshes.empty(); }
  bool is_refused() const;
};

struct UpTarget {
  std::optional<Version> to = std::nullopt;
  std::optional<std::size_t> steps = std::nullopt;
  OrderPolicy order = OrderPolicy::strict;
  bool migrations = true;
  bool seeds = false;
  bool seeds_again = false;  ///< run every seed, whatever the history says
  /// Compare every seed of data with its table, but for those that run once.
  bool seeds_verified = false;
  /// All or nothing: refused where a statement forbids it, or a step is half done.
  bool single_transaction = false;
  /// As one transaction, which is rolled back.
  bool dry_run = false;
  /// redo: these versioned migrations and no others.
  std::vector<std::string> only = {};
};

/// What is pending, in order: versioned, repeatable (unless a target leaves versioned ones
/// pending), seeds; a seed that requires a version right behind that. `cuts` are of who plans
/// again.
Plan plan_up(const Project& project, const Comparison& comparison, const UpTarget& target,
             const AppliedTexts& texts, CutParts& cuts);
Plan plan_up(const Project& project, const Comparison& comparison, const UpTarget& target,
             const AppliedTexts& texts);

struct DownTarget {
  std::optional<Version> to = std::nullopt;  ///< undo all that is newer; 0 undoes everything
  std::size_t steps = 1;                     ///< used when `to` is absent
};

/// What to undo, newest first. `down_texts` are the down parts that the history kept, by id; the
/// file's own is preferred.
Plan plan_down(const Comparison& comparison, const DownTarget& target,
               const AppliedTexts& down_texts);

}  // namespace migrator
