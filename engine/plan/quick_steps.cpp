#include "engine/plan/quick_steps.h"

#include <algorithm>

#include "engine/sql/command_reader.h"
#include "engine/sql/expected_locks.h"
#include "engine/sql/parse_tree.h"
#include "engine/sql/statement_words.h"

namespace migrator {
namespace {

constexpr std::size_t kLongestStatement = 16 * 1024;
/// NAMEDATALEN - 1 of src/include/pg_config_manual.h: of a longer name the server says that it cuts
/// it while it reads the text, and nobody could tell of which statement.
constexpr std::size_t kLongestName = 63;

bool has_long_name(const StatementWords& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool is_literal = words.is_quoted(i) && words.text(i).find('"') == std::string_view::npos;
    if (!is_literal && words.text(i).size() > kLongestName) return true;
  }
  return false;
}

bool has(const StatementWords& words, std::string_view word) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words.is(i, word)) return true;
  return false;
}

std::size_t behind_all(const StatementWords& words, std::size_t i,
                       std::initializer_list<std::string_view> words_there) {
  for (const std::string_view word : words_there) i += words.is(i, word) ? 1 : 0;
  return i;
}

std::size_t behind_if_exists(const StatementWords& words, std::size_t i) {
  return words.is(i, "if") ? behind_all(words, i, {"if", "not", "exists"}) : i;
}

/// "schema.name" at `i`, and where it ends.
std::string name_at(const StatementWords& words, std::size_t& i) {
  std::string name = words.unquoted(i++);
  while (words.is(i, ".")) {
    name += "." + words.unquoted(i + 1);
    i += 2;
  }
  return name;
}

/// CREATE TABLE without a query, and of no other table.
bool makes_empty_table(const StatementWords& words, std::size_t behind_name) {
  if (words.is_one_of(behind_name, {"partition", "of", "as"})) return false;
  return !has(words, "select") && !has(words, "execute") && !has(words, "values") &&
         words.find("table", behind_name) == words.size();
}

/// What was known of a name may be true of another table behind it.
bool may_move_names(const StatementWords& words) {
  return words.is(0, "drop") || (words.is(0, "alter") && (words.find("rename", 0) < words.size() ||
                                                          words.find("schema", 0) < words.size()));
}

/// Where the catalog alone changes, and nothing is read.
bool is_about_catalog(const StatementWords& words) {
  if (words.is_one_of(0, {"comment", "grant", "revoke"})) return true;
  std::size_t i = 1;
  if (words.is(0, "create")) {
    i = behind_all(words, i, {"or", "replace"});
    return words.is_one_of(i, {"schema", "type", "sequence", "function", "procedure", "view",
                               "trigger", "policy"}) &&
           // CREATE SCHEMA may hold other statements.
           (!words.is(i, "schema") || words.find("create", i) == words.size());
  }
  if (!words.is(0, "drop")) return false;
  return words.is_one_of(i, {"schema", "type", "sequence", "function", "procedure", "view",
                             "trigger", "policy", "table"});
}

/// ALTER TABLE of what is there already.
bool reads_no_table(std::string_view sql) {
  const ParseTree tree = ParseTree::of(sql);
  const StatementLocks locks = expected_locks(sql, tree.statement());
  return tree.statement() && locks.unknown.empty() &&
         std::ranges::all_of(locks.locks, [](const ExpectedLock& lock) {
           return lock.rewrite.is_ruled_out() && lock.scan.is_ruled_out();
         });
}

/// Of a quick one: rows run triggers and functions, which may set what they like.
bool may_leave_something(std::string_view sql) {
  const StatementWords words(sql);
  return words.is(0, "insert") ||
         (words.is(0, "create") && words.is_one_of(1, {"temporary", "temp"}));
}

bool goes_together(const Step& step) {
  return step.action == StepAction::apply && step.is_whole() && !step.previous && !step.in_flight;
}

}  // namespace

Pace QuickSteps::take(const Step& step) {
  const Pace pace = goes_together(step) ? pace_of(*step.part) : Pace::slow;
  if (pace == Pace::slow) made_.clear();  // who knows what it fills
  return pace;
}

Pace QuickSteps::pace_of(const Part& part) {
  CommandReader reader(part);
  bool has_echo = false;
  Pace pace = Pace::quick_and_tidy;
  const auto echoed = [&](const Command&) { has_echo = true; };
  while (const auto command = next_sent(reader, echoed)) {
    if (command->kind == CommandKind::copy || command->runs_its_result()) return Pace::slow;
    if (!is_quick(sql_of(part, *command))) return Pace::slow;
    if (may_leave_something(sql_of(part, *command))) pace = Pace::quick;
  }
  return has_echo ? Pace::slow : pace;
}

bool QuickSteps::is_quick(std::string_view sql) {
  if (sql.size() > kLongestStatement || sql.find('\0') != std::string_view::npos) return false;
  const StatementWords words(sql);
  if (!words.are_all() || has_long_name(words)) return false;
  if (may_move_names(words)) made_.clear();
  if (words.is(0, "insert")) return words.find("values", 0) < words.size() && !has(words, "select");
  std::size_t i = behind_all(words, 1, {"unique"});
  if (words.is(0, "create") && words.is(i, "index")) {
    i = words.find("on", i) + 1;
    i = behind_all(words, i, {"only"});
    return made_.contains(name_at(words, i));
  }
  if (words.is(0, "alter") && words.is(1, "table")) {
    i = behind_all(words, behind_if_exists(words, 2), {"only"});
    const bool is_small =
        made_.contains(name_at(words, i)) && words.find("attach", i) == words.size();
    return is_small || reads_no_table(sql);
  }
  i = behind_all(words, 1, {"temporary", "temp", "unlogged"});
  if (words.is(0, "create") && words.is(i, "table")) {
    const bool is_new = !words.is(i + 1, "if");
    i = behind_if_exists(words, i + 1);
    std::string name = name_at(words, i);
    if (!makes_empty_table(words, i)) return false;
    if (is_new) made_.insert(std::move(name));
    return true;
  }
  return is_about_catalog(words);
}

}  // namespace migrator
