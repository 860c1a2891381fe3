#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/text.h"
#include "engine/lint/check.h"
#include "engine/sql/scanner.h"
#include "engine/sql/summary.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

/// Whether code has one of the words as a keyword: not in its comments, nor in its literals.
bool says(std::string_view code, std::initializer_list<std::string_view> words) {
  for (Scanner scanner(code); !scanner.at_end();) {
    const Token token = scanner.next();
    if (token.kind != TokenKind::word) continue;
    for (const std::string_view word : words)
      if (is_keyword(text_of(code, token), word)) return true;
  }
  return false;
}

void check_called(const Situation& now, const Action& action, Complaints& out) {
  for (const ObjectName& call : action.expression.calls) {
    const KnownFunction* known = now.model.function(call);
    if (known && says(known->body, {"execute", "create", "alter", "drop", "truncate"}))
      out.push_back(
          {"dynamic-sql",
           fmt::format("{}() changes more than the text of the migration tells", to_text(call))});
  }
}

void check_changed(const Situation& now, const Action& action, Complaints& out) {
  std::set<std::string> seen;
  for (const std::string& column : action.keys)
    if (!column.empty() && !seen.insert(column).second)
      out.push_back(
          {"duplicate-column-assignment",
           fmt::format("{} is set twice: the server refuses it (42601)", name_text(column))});
  if (!action.everywhere || now.model.is_new(action.name)) return;
  out.push_back({"unbounded-update",
                 fmt::format("{} of every row of {} in one transaction: its rows stay locked, and "
                             "each leaves a dead copy or a gap",
                             action.what, to_text(action.name))});
}

void check_setting(const Situation& now, const Action& action, Complaints& out) {
  if (action.what == "RESET" || action.what == "SET TRANSACTION") return;
  const bool own = action.what == "SET";
  if (action.local && own && !now.transactional)
    out.push_back({"set-local-outside-transaction",
                   fmt::format("SET LOCAL {} holds to the end of its transaction, which is this "
                               "statement",
                               action.name.name)});
  if (!action.local)
    out.push_back(
        {"session-setting-leak", fmt::format("{} stays set behind this file", action.name.name)});
}

/// Strong locks that a statement takes on what was there before.
std::vector<TransactionSoFar::Strong> strong_locks(const Situation& now) {
  std::vector<TransactionSoFar::Strong> strong;
  for (const ForecastLock& forecast : now.forecast.locks) {
    const ExpectedLock& lock = forecast.lock;
    const bool named = lock.target == LockTarget::relation && !lock.name.name.empty();
    if (named && lock.taken.answer == Answer::yes && blocked_by(lock.mode) >= Blocked::writes &&
        !now.model.is_new(lock.name))
      strong.push_back({now.model.resolve(lock.name), lock.mode, 0});
  }
  return strong;
}

bool is_slow(const Situation& now) {
  const bool reads_all = std::ranges::any_of(now.forecast.locks, [&](const ForecastLock& forecast) {
    const ExpectedLock& lock = forecast.lock;
    return (lock.scan.answer == Answer::yes || lock.rewrite.answer == Answer::yes) &&
           !now.model.is_new(lock.name);
  });
  return reads_all || std::ranges::any_of(now.actions, [&](const Action& action) {
           const bool changes = action.kind == ActionKind::change_rows ||
                                (action.kind == ActionKind::insert_rows && !action.with_values);
           return changes && !now.model.is_new(action.name);
         });
}

bool changes_rows(const Action& action) {
  return action.kind == ActionKind::change_rows ||
         (action.kind == ActionKind::insert_rows && !action.with_values);
}

void check_held(const Situation& now, const std::vector<TransactionSoFar::Strong>& strong,
                Complaints& out) {
  if (!now.transactional || now.so_far.strong.empty()) return;
  const TransactionSoFar::Strong& first = now.so_far.strong.front();
  const bool elsewhere =
      std::ranges::none_of(strong, [&](const auto& lock) { return lock.table == first.table; });
  const auto changed = std::ranges::find_if(now.actions, changes_rows);
  if (changed != now.actions.end() && !now.model.is_new(changed->name))
    out.push_back(
        {"backfill-with-ddl", fmt::format("rows are written while {} is locked ({}, since line {})",
                                          to_text(first.table), to_text(first.mode), first.line)});
  else if (elsewhere && is_slow(now))
    out.push_back({"statement-after-access-exclusive",
                   fmt::format("{} stays locked ({}, since line {}) for as long as this takes",
                               to_text(first.table), to_text(first.mode), first.line)});
  const auto another = std::ranges::find_if(strong, [&](const auto& lock) {
    return std::ranges::none_of(now.so_far.strong,
                                [&](const auto& held) { return held.table == lock.table; });
  });
  if (another != strong.end() && !now.so_far.many_said)
    out.push_back({"locks-many-tables",
                   fmt::format("one transaction locks {} and then {}: a program that goes the "
                               "other way round makes a deadlock",
                               to_text(first.table), to_text(another->table))});
}

void check_limits(const Situation& now, const std::vector<TransactionSoFar::Strong>& strong,
                  Complaints& out) {
  if (strong.empty()) return;
  if (now.lock_timeout.count() == 0)
    out.push_back({"missing-lock-timeout",
                   fmt::format("{} on {} is waited for without limit, and all who come later wait "
                               "behind it",
                               to_text(strong.front().mode), to_text(strong.front().table))});
  if (now.statement_timeout.count() == 0)
    out.push_back({"missing-statement-timeout", fmt::format("nothing limits how long {} is locked",
                                                            to_text(strong.front().table))});
}

/// Of a complaint that a run could confirm by reading rows: whether that is the table's own pass.
bool reads_in_its_pass(const Action& action) {
  const auto is_check = [](const ConstraintFacts& one) {
    return one.kind == ConstraintKind::check;
  };
  return action.kind == ActionKind::set_not_null ||
         (action.kind == ActionKind::add_constraint && !action.constraints.empty() &&
          std::ranges::all_of(action.constraints, is_check));
}

}  // namespace

bool passes_through(const Situation& now, const Complaints& complaints) {
  if (now.actions.empty()) return false;
  const Action& first = now.actions.front();
  const bool alters = first.kind >= ActionKind::add_column && first.kind <= ActionKind::alter_other;
  const bool apart = first.kind == ActionKind::validate_constraint ||
                     first.kind == ActionKind::attach_partition ||
                     first.kind == ActionKind::detach_partition || first.not_valid;
  if (!alters || apart || now.model.is_new(first.name)) return false;
  return std::ranges::any_of(complaints, [](const Complaint& complaint) {
    if (complaint.at_most == Level::note) return false;
    const Witness witness = find_rule(complaint.rule)->witness;
    if (witness == Witness::rewrite) return true;
    return witness == Witness::scan && complaint.action && reads_in_its_pass(*complaint.action);
  });
}

void check_rows(const Situation& now, const Action& action, Complaints& out) {
  switch (action.kind) {
    case ActionKind::change_rows:
      return check_changed(now, action, out);
    case ActionKind::copy_rows:
      if (action.what == "COPY FROM STDIN")
        out.push_back({"copy-from-stdin", "its rows are no SQL, and most tools cannot send them"});
      return;
    case ActionKind::run_code:
      if (says(action.value, {"execute"}))
        out.push_back({"dynamic-sql", "DO makes up statements that nobody can read beforehand"});
      [[fallthrough]];
    case ActionKind::query:
      return check_called(now, action, out);
    case ActionKind::set_value:
      return check_setting(now, action, out);
    default:
      return;
  }
}

void check_statement(const Situation& now, Complaints& out) {
  const auto strong = strong_locks(now);
  check_held(now, strong, out);
  check_limits(now, strong, out);
  if (now.actions.empty()) return;
  const Action& first = now.actions.front();
  if (now.transactional && passes_through(now, out) &&
      now.so_far.passed.contains(now.model.resolve(first.name)))
    out.push_back({"mergeable-alter-table",
                   fmt::format("an earlier ALTER TABLE {} of this transaction goes through all "
                               "rows too: one that does both goes through them once",
                               to_text(first.name))});
  if (now.alone && first.kind == ActionKind::run_code)
    out.push_back({"non-idempotent-without-transaction",
                   "when the client dies in the middle, nobody can tell whether it was done"});
}

}  // namespace migrator
