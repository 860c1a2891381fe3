#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/text.h"
#include "engine/lint/check.h"
#include "engine/lint/deletes_in_code.h"
#include "engine/sql/scanner.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

bool blocks(const SeenLock& lock) {
  return blocked_by(lock.mode) >= Blocked::writes;
}

Witness witness_of(const Complaint& complaint) {
  return find_rule(complaint.rule)->witness;
}

bool any_with(const Complaints& complaints, std::initializer_list<Witness> witnesses) {
  return std::ranges::any_of(complaints, [&](const Complaint& complaint) {
    return std::ranges::find(witnesses, witness_of(complaint)) != witnesses.end();
  });
}

bool is_seen(Witness witness, const Observation& seen) {
  switch (witness) {
    case Witness::rewrite:
      return !seen.rewritten.empty();
    case Witness::scan:
      return !seen.scanned.empty() || !seen.rewritten.empty();
    case Witness::lock:
      return std::ranges::any_of(seen.locks, blocks) || !seen.held.empty();
    case Witness::loss:
      return !seen.losses.empty() || !seen.emptied.empty();
    case Witness::rows:
      return !seen.rows.empty();
    case Witness::held:
      return !seen.held.empty();
    case Witness::leftover:
      return !seen.settings.empty() || !seen.invalid_indexes.empty();
    case Witness::hidden:
      return true;
    case Witness::none:
    case Witness::refusal:
    case Witness::data:
      return false;
  }
  return false;
}

bool depends_on_time_zone(const Situation& now) {
  return std::ranges::any_of(now.actions, [&](const Action& action) {
    if (action.kind != ActionKind::change_type) return false;
    const KnownRelation* table = now.model.find(action.name);
    const KnownColumn* column = table ? table->column(action.column) : nullptr;
    return type_change(column, action, now.model) == TypeChange::by_time_zone;
  });
}

std::string in_words(const Observation& seen) {
  const std::string text = to_text(seen);
  return text.empty() ? "it locked nothing that was there, and wrote nothing anew" : text;
}

/// The complaints of the rules: confirmed, or no more than told.
void judge_complaints(const Situation& now, const Observation& seen, Complaints& complaints) {
  const bool by_time_zone = depends_on_time_zone(now);
  for (Complaint& complaint : complaints) {
    const Witness witness = witness_of(complaint);
    if (is_seen(witness, seen)) {
      complaint.detail = "the run: " + in_words(seen);
    } else if (by_time_zone && witness == Witness::rewrite) {
      complaint.detail =
          "the run did not write it anew; that is for the TimeZone of the session "
          "to decide, which may be another one elsewhere";
    } else if (counts_when_absent(witness) && complaint.at_most != Level::note) {
      complaint.at_most = Level::note;
      complaint.detail =
          fmt::format("the run did not show {}, and counts: {}",
                      witness == Witness::rewrite   ? "that anything is written anew"
                      : witness == Witness::scan    ? "that all rows are read"
                      : witness == Witness::refusal ? "that the server refuses it"
                                                    : "that anything is closed to writes",
                      in_words(seen));
    }
  }
}

/// Whether a rule that foretells such a failure may mean this one.
bool is_foretold(Witness witness, const Finding& failure) {
  const auto is_of = [&](std::initializer_list<std::string_view> states) {
    return std::ranges::any_of(states, [&](std::string_view state) {
      return std::string_view(failure.sqlstate).starts_with(state);
    });
  };
  if (witness == Witness::data) return is_of({"22", "23"});
  return witness == Witness::refusal && is_of({"0A", "2B", "55", "42601", "42809"});
}

/// A CHECK, or the bounds of a partition, that the made-up rows of a table do not keep: those of
/// production may well.
bool is_by_made_up_rows(const Situation& now, const Finding& failure) {
  constexpr std::string_view check_violation = "23514";
  return failure.sqlstate == check_violation &&
         std::ranges::none_of(now.actions, [](const Action& action) {
           return action.kind == ActionKind::change_rows ||
                  action.kind == ActionKind::insert_rows || action.kind == ActionKind::run_code ||
                  action.kind == ActionKind::query;
         });
}

bool fails_by_rows(const Complaint& complaint) {
  return witness_of(complaint) == Witness::data && find_rule(complaint.rule)->level > Level::note &&
         complaint.at_most != Level::note;
}

void add_refusal(const Situation& now, const Observation& seen, Complaints& complaints) {
  const Finding& failure = *seen.failure;
  for (Complaint& complaint : complaints) {
    const Witness witness = witness_of(complaint);
    if (!is_foretold(witness, failure)) continue;
    complaint.detail = fmt::format("the run: {} ({})", failure.message, failure.sqlstate);
  }
  for (const ObjectName& index : seen.invalid_indexes)
    complaints.push_back(
        {"invalid-index-left",
         fmt::format("when it fails it leaves the index {} invalid", to_short_text(index)),
         std::nullopt, fmt::format("the run: {} ({})", failure.message, failure.sqlstate)});
  if (failure.id != "unforeseen-failure" || any_with(complaints, {Witness::refusal, Witness::data}))
    return;
  complaints.push_back(
      {"unforeseen-failure",
       fmt::format("it fails where tables have rows{}, and passes without: {} ({})",
                   is_by_made_up_rows(now, failure) ? " that do not fit it" : "", failure.message,
                   failure.sqlstate),
       is_by_made_up_rows(now, failure) ? std::optional(Level::note) : std::nullopt});
}

/// Whether the text of the statement tells that the relation is locked so.
bool is_foretold(const Situation& now, const SeenLock& seen) {
  return std::ranges::any_of(now.forecast.locks, [&](const ForecastLock& forecast) {
    const ExpectedLock& lock = forecast.lock;
    if (lock.target != LockTarget::relation && lock.target != LockTarget::index) return false;
    const ObjectName name = now.model.resolve(lock.name);
    return name == seen.relation.name || name == seen.relation.belongs_to;
  });
}

bool is_named(const Complaints& complaints, const ObjectName& name) {
  return std::ranges::any_of(complaints, [&](const Complaint& complaint) {
    return complaint.message.find(name.name) != std::string::npos;
  });
}

/// An index is closed with its table, a partition with the whole; by itself only where that is not.
bool stands_for_itself(const Observation& seen, const SeenLock& lock) {
  return std::ranges::none_of(seen.locks, [&](const SeenLock& other) {
    return other.relation.name == lock.relation.belongs_to && blocks(other) &&
           (lock.relation.kind == "index" || other.mode >= lock.mode);
  });
}

bool is_partition(const SeenLock& lock) {
  return lock.relation.kind == "table" && !lock.relation.belongs_to.name.empty();
}

/// Its name; of partitions that are closed alike, for all of them.
std::string in_its_place(const Observation& seen, const SeenLock& lock) {
  const std::string name = to_short_text(lock.relation.name);
  const auto alike = std::ranges::count_if(seen.locks, [&](const SeenLock& other) {
    return is_partition(other) && other.relation.belongs_to == lock.relation.belongs_to &&
           blocks(other);
  });
  if (!is_partition(lock) || alike < 2) return name;
  return fmt::format("{}, with {} of {},", name, counted(alike - 1, "other partition"),
                     to_short_text(lock.relation.belongs_to));
}

void add_locks(const Situation& now, const Observation& seen, Complaints& complaints) {
  const bool explained =
      any_with(complaints, {Witness::rewrite, Witness::scan, Witness::lock, Witness::loss});
  const Complaints known = complaints;
  std::set<ObjectName> said;
  for (const SeenLock& lock : seen.locks) {
    if (!blocks(lock) || !stands_for_itself(seen, lock)) continue;
    const bool closed = lock.mode == LockMode::access_exclusive;
    const bool foretold = is_foretold(now, lock);
    const bool is_gone = std::ranges::any_of(
        seen.losses, [&](const SeenLoss& loss) { return loss.name == lock.relation.name; });
    if (is_gone || is_named(known, lock.relation.name)) continue;
    if (foretold && (explained || !closed)) continue;
    if (is_partition(lock) && !said.insert(lock.relation.belongs_to).second) continue;
    complaints.push_back(
        {"unforeseen-lock",
         fmt::format("{} is closed to {} ({}) to the end of the {}{}", in_its_place(seen, lock),
                     to_text(blocked_by(lock.mode)), to_text(lock.mode),
                     seen.transactional ? "transaction" : "statement",
                     foretold ? "" : ", and the statement does not name it"),
         foretold || !closed ? std::optional(Level::note) : std::nullopt,
         "the run: " + in_words(seen)});
  }
}

void add_work(const Observation& seen, Complaints& complaints) {
  if (!seen.rewritten.empty() && !any_with(complaints, {Witness::rewrite}))
    complaints.push_back(
        {"unforeseen-rewrite",
         fmt::format("all of {} is written anew", to_short_text(seen.rewritten.front())),
         std::nullopt, "the run: " + in_words(seen)});
  const bool explained = any_with(complaints, {Witness::rewrite, Witness::scan, Witness::lock}) ||
                         !seen.rewritten.empty();
  for (const ObjectName& table : seen.scanned) {
    const auto closes = [&](const SeenLock& lock) {
      return blocks(lock) && (lock.relation.name == table || lock.relation.belongs_to == table);
    };
    const bool closed =
        std::ranges::any_of(seen.locks, closes) || std::ranges::any_of(seen.held, closes);
    if (explained || !closed) continue;
    complaints.push_back(
        {"unforeseen-scan",
         fmt::format("all rows of {} are read while it is closed to writes", to_short_text(table)),
         std::nullopt, "the run: " + in_words(seen)});
    break;
  }
  if (any_with(complaints, {Witness::held}) || seen.held.empty()) return;
  const SeenLock& held = seen.held.front();
  const auto elsewhere = [&](const ObjectName& table) { return table != held.relation.name; };
  const bool is_slow = std::ranges::any_of(seen.rewritten, elsewhere) ||
                       std::ranges::any_of(seen.scanned, elsewhere);
  if (is_slow)
    complaints.push_back({"statement-after-access-exclusive",
                          fmt::format("{} stays locked ({}) for as long as this takes",
                                      to_short_text(held.relation.name), to_text(held.mode)),
                          std::nullopt, "the run: " + in_words(seen)});
  else if (!seen.rows.empty())
    complaints.push_back({"backfill-with-ddl",
                          fmt::format("rows of {} are written while {} is locked ({})",
                                      to_short_text(seen.rows.front().table),
                                      to_short_text(held.relation.name), to_text(held.mode)),
                          std::nullopt, "the run: " + in_words(seen)});
}

/// The names that a statement says, also in the literals and bodies of code.
void add_names_in(std::string_view sql, std::set<std::string>& names) {
  for (Scanner scanner(sql); !scanner.at_end();) {
    const Token token = scanner.next();
    if (token.kind == TokenKind::word) names.insert(to_lower_ascii(text_of(sql, token)));
    if (token.kind == TokenKind::quoted_name) names.insert(unquoted(sql, token));
    if (token.kind == TokenKind::literal || token.kind == TokenKind::dollar_body)
      add_names_in(unquoted(sql, token), names);
  }
}

/// No rule reads what it does.
bool is_code(const Situation& now) {
  const auto is = [&](ActionKind kind) {
    return std::ranges::any_of(now.actions, [&](const Action& one) { return one.kind == kind; });
  };
  return is(ActionKind::run_code) || (is(ActionKind::query) && !is(ActionKind::change_rows));
}

/// Where a rule minds it in a statement that is no code.
bool is_minded(const SeenLoss& loss) {
  static const std::set<std::string_view> kMinded{
      "schema", "table", "view", "materialized view", "column", "constraint"};
  return kMinded.contains(loss.kind);
}

void add_losses(const Situation& now, const Observation& seen, Complaints& complaints) {
  if (seen.losses.empty() || any_with(complaints, {Witness::loss})) return;
  std::set<std::string> names;
  add_names_in(now.sql, names);
  const auto is_named = [&](const SeenLoss& loss) { return names.contains(loss.name.name); };
  const auto lost = std::ranges::find_if(seen.losses, [&](const SeenLoss& loss) {
    return !is_named(loss) || (is_code(now) && is_minded(loss));
  });
  if (lost != seen.losses.end())
    complaints.push_back(
        {"unforeseen-loss",
         fmt::format("the {} {}{} is gone{}", lost->kind, to_short_text(lost->name),
                     lost->of.empty() ? "" : " of " + lost->of,
                     is_named(*lost) ? "" : ", and the statement does not name it"),
         std::nullopt, "the run: " + in_words(seen)});
}

/// Rows that code took away, and that are nowhere else.
void add_lost_rows(const Situation& now, const Observation& seen, Complaints& complaints) {
  if (!is_code(now) || any_with(complaints, {Witness::loss})) return;
  std::string tables;
  for (const ObjectName& table : seen.emptied) {
    const auto rows = std::ranges::find(seen.rows, table, &SeenRows::table);
    const bool is_filled_anew = rows != seen.rows.end() && rows->inserted > 0;
    const bool is_deleted = rows != seen.rows.end() && rows->deleted > 0;
    const bool is_moved = std::ranges::find(seen.moved, table) != seen.moved.end();
    if (is_filled_anew || is_moved || (is_deleted && deletes_by_condition(now, table))) continue;
    tables += (tables.empty() ? "" : ", ") + to_short_text(table);
  }
  if (!tables.empty())
    complaints.push_back({"unforeseen-loss", fmt::format("all rows of {} are lost", tables),
                          std::nullopt, "the run: " + in_words(seen)});
}

void add_leftovers(const Observation& seen, Complaints& complaints) {
  if (!seen.invalid_indexes.empty())
    complaints.push_back(
        {"invalid-index-left", fmt::format("it leaves the index {} invalid",
                                           to_short_text(seen.invalid_indexes.front()))});
  const bool said = std::ranges::any_of(
      complaints, [](const Complaint& known) { return known.rule == "session-setting-leak"; });
  if (!seen.settings.empty() && !said)
    complaints.push_back({"session-setting-leak",
                          fmt::format("{} stays set behind this file", seen.settings.front())});
}

}  // namespace

void weigh(const Situation& now, const Observation& seen, Complaints& complaints) {
  if (seen.skipped) return;
  std::erase_if(complaints, [&](const Complaint& complaint) {
    const bool decided = complaint.rule == "syntax-error-for-parser";
    const bool in_vain =
        complaint.rule == "mergeable-alter-table" && !seen.failure && !is_seen(Witness::scan, seen);
    return decided || in_vain;
  });
  if (seen.failure) add_refusal(now, seen, complaints);
  if (seen.failure && seen.failure->id != "unforeseen-failure") return;
  judge_complaints(now, seen, complaints);
  // Who mends what fails writes another statement.
  if (seen.failure && std::ranges::any_of(complaints, fails_by_rows)) return;
  add_work(seen, complaints);
  add_locks(now, seen, complaints);
  add_losses(now, seen, complaints);
  add_lost_rows(now, seen, complaints);
  add_leftovers(seen, complaints);
}

}  // namespace migrator
