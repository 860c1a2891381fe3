// The rules of `check` as data: what each looks for, why it matters in PostgreSQL, and what to do
// instead, with SQL that it finds and SQL that it lets pass. What finds it is in
// engine/lint/check.h; a test holds the two to each other, and docs/rules.md is made of this table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/finding.h"

namespace migrator {

enum class Level { off, note, warning, error };

/// "off", "note", "warning", "error"
std::string_view to_text(Level level);
std::optional<Level> parse_level(std::string_view text);

struct Rule {
  std::string_view id;
  Level level = Level::warning;
  std::string_view what;  ///< what it looks for
  std::string_view why;   ///< the danger
  std::string_view safe;  ///< what to do instead
  /// Found, in a database that example_schema() made. Empty: another part of `check` finds it.
  std::string_view bad = {};
  std::string_view good = {};  ///< the safe way, worked out; not found
};

std::span<const Rule> rules();
const Rule* find_rule(std::string_view id);

/// What the examples work on, made by earlier migrations.
std::string_view example_schema();

/// The page of one rule, as `migrator explain` prints it; and of all, for docs/rules.md.
std::string explain(const Rule& rule);
std::string rules_page();

// The parts of the table.
std::span<const Rule> lock_rules();
std::span<const Rule> rewrite_rules();
std::span<const Rule> transaction_rules();
std::span<const Rule> destructive_rules();
std::span<const Rule> design_rules();

}  // namespace migrator
