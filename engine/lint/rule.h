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

/// What a run of the statement on a scratch database (`check --observe`) tells of what a rule says.
enum class Witness {
  none,     ///< nothing: it is about programs, or taste
  rewrite,  ///< whether the table is written anew
  scan,     ///< whether it is read to the end
  lock,     ///< whether a relation that was there is closed to writes
  refusal,  ///< whether the server refuses it
  data,  ///< that it fails, if rows of production are like those of the run; never that it passes
  loss,  ///< what goes, and what goes with it
  rows,  ///< how many rows it writes
  held,  ///< what is locked meanwhile
  leftover,  ///< what is left behind: a setting, an invalid index
  hidden,    ///< what no text tells
};

/// "whether the table is written anew"; empty for none.
std::string_view to_text(Witness witness);

/// Whether a run without it shows that the rule is wrong about the statement.
bool counts_when_absent(Witness witness);

struct Rule {
  std::string_view id;
  Level level = Level::warning;
  std::string_view what;  ///< what it looks for
  std::string_view why;   ///< the danger
  std::string_view safe;  ///< what to do instead
  /// Found, in a database that example_schema() made. Empty: another part of `check` finds it.
  std::string_view bad = {};
  std::string_view good = {};  ///< the safe way, worked out; not found
  /// What the run can confirm. Of the rules of a table it stands in engine/lint/rules_observed.cpp.
  Witness witness = Witness::none;
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
std::span<const Rule> observed_rules();  ///< found by the run alone
Witness witness_of(std::string_view id);

}  // namespace migrator
