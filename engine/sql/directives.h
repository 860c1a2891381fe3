// Directives: comment lines "-- migrator: key value" at the top of a part of a migration, before
// its first statement. Unknown keys, bad values and directives further down are findings; nothing
// is ignored. FORMATS.md lists the keys.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/finding.h"
#include "engine/sql/source.h"

namespace migrator {

/// How a file meets transactions: everything in one with its history row (on); each statement by
/// itself (off); or as its statements allow (automatic, the default).
enum class TransactionMode { automatic, on, off };

/// When a seed runs again.
enum class RunPolicy { once, on_change, always };

struct Directives {
  TransactionMode transaction = TransactionMode::automatic;
  std::optional<std::chrono::milliseconds> lock_timeout = std::nullopt;
  std::optional<std::chrono::milliseconds> statement_timeout = std::nullopt;
  RunPolicy run = RunPolicy::on_change;  ///< seeds only
  std::optional<std::chrono::milliseconds> transaction_timeout = std::nullopt;
  /// Seeds only: the migration that has to be applied before.
  std::optional<std::uint64_t> needed_version = std::nullopt;
  std::vector<std::string> after = {};  ///< seeds only: names of those that run before
  bool variables = false;               ///< seeds only: ${NAME} stands for a value

  bool operator==(const Directives&) const = default;
};

struct DirectivesResult {
  Directives directives;
  std::vector<Finding> findings;
  std::size_t end = 0;  ///< where the first statement begins
};

/// Reads the comment lines before the first statement.
DirectivesResult read_directives(const Source& source);

/// Directives behind `end` would be ignored in silence; they are errors. `comments` are the offsets
/// of line comments that begin with "migrator" (StatementReader::marked_comments).
std::vector<Finding> late_directives(const Source& source, std::span<const std::size_t> comments,
                                     std::size_t end);

/// "-- migrator: allow RULE reason", which stands at a statement; else nothing.
struct AllowDirective {
  std::string rule;
  std::string reason;
};
std::optional<AllowDirective> read_allow(std::string_view comment);

/// "250ms", "5s", "10min" (also "m"), "1h", "2d"; a bare number means milliseconds, as in
/// PostgreSQL. Nothing when it is no duration or negative.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace migrator
