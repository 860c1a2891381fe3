// What the database says it has, as plain values. Reading and writing them is engine/pg's
// history_table; FORMATS.md describes the table.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/project/checksum.h"
#include "engine/project/version.h"

namespace migrator {

/// Longer texts are not kept. FORMATS.md, "Applied text".
constexpr std::size_t kAppliedTextLimit = 1024 * 1024;

enum class StepKind { versioned, repeatable, seed, baseline };
enum class StepState { started, applied, failed };

std::string_view to_text(StepKind kind);
std::string_view to_text(StepState state);

/// A row of the history table, without its large texts.
struct AppliedMigration {
  std::string id;
  StepKind kind = StepKind::versioned;
  std::optional<Version> version = std::nullopt;
  std::string name;
  StepState state = StepState::applied;
  Checksums checksums;
  std::size_t statements_done = 0;
  std::size_t statements_total = 0;
  std::vector<std::string> journal = {};  ///< a line per statement, while not applied
  std::string started_at = {};            ///< ISO 8601, UTC, as the server says it
  std::string finished_at = {};           ///< empty while unknown
  std::optional<std::chrono::microseconds> duration = std::nullopt;
  std::string applied_by = {};
  std::string application_host = {};
  std::string migrator_version = {};
  std::string run_id = {};
  std::size_t fence = 0;  ///< counts those who took the row over
  /// Of one that was started by a migrator that cannot hold a lock: whether it showed lately that
  /// it lives.
  std::optional<bool> lease_holds = std::nullopt;
  bool has_down = false;
  /// Half done on the way down: the journal is that of the down part.
  bool undoing() const;

  std::string note = {};  ///< what repair or baseline said
};

struct History;

/// What a plan rests on, in short: who has had each row, and how it stands.
std::string premise_of(const History& history);

struct History {
  bool exists = false;                 ///< false: no table yet
  std::vector<AppliedMigration> rows;  ///< by version, then by id
};

}  // namespace migrator
