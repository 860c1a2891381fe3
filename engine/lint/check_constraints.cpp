#include <fmt/format.h>

#include <algorithm>

#include "engine/lint/check.h"

namespace migrator {
namespace {

std::string shown(const ObjectName& name) {
  return to_text(name);
}

void check_foreign_key(const Situation& now, const Action& action, const ConstraintFacts& facts,
                       Complaints& out) {
  const bool to_itself = now.model.resolve(facts.refers_to) == now.model.resolve(action.name);
  const bool both_new = now.model.is_new(facts.refers_to) || to_itself;
  const Age age = now.model.age_of(action.name);
  // A column that is added without a default holds nothing that would have to be looked up.
  const bool nothing_to_check =
      action.kind == ActionKind::add_column && !action.columns.front().has_default;
  if (facts.not_valid || nothing_to_check || age == Age::temporary) return;
  if (age == Age::empty && both_new) return;
  if (age == Age::empty)
    return out.push_back({"add-foreign-key",
                          fmt::format("{} takes no writes for a moment; {} has no rows to check",
                                      shown(facts.refers_to), shown(action.name)),
                          Level::note});
  if (age == Age::filled && both_new) return;
  out.push_back(
      {"add-foreign-key",
       to_itself
           ? fmt::format("{} takes no writes while all rows are looked up", shown(action.name))
           : fmt::format("neither {} nor {} takes writes while all rows are looked up",
                         shown(action.name), shown(facts.refers_to))});
  out.push_back({"data-dependent-change",
                 fmt::format("it fails if a row of {} refers to nothing", shown(action.name))});
}

void check_indexed(const Situation& now, const Action& action, const ConstraintFacts& facts,
                   Complaints& out) {
  const std::string table = shown(action.name);
  const bool primary = facts.kind == ConstraintKind::primary_key;
  if (facts.using_index.empty()) {
    out.push_back({primary ? "add-primary-key" : "add-unique-constraint",
                   fmt::format("the index of the constraint is built while {} is closed to reads "
                               "and writes",
                               table)});
    out.push_back(
        {"data-dependent-change", fmt::format("it fails if rows of {} have the same values{}",
                                              table, primary ? ", or none" : "")});
    return;
  }
  if (!primary) return;
  const KnownRelation* relation = now.model.find(action.name);
  const auto place = now.model.find_index({action.name.schema, facts.using_index});
  if (!relation || !place) return;
  for (const std::string& key : place->index->keys)
    if (!relation->proves_not_null(key))
      return out.push_back({"primary-key-using-nullable-index",
                            fmt::format("{} may be NULL: all rows of {} are read while it is "
                                        "closed to reads and writes",
                                        key, table)});
}

void check_constraint(const Situation& now, const Action& action, const ConstraintFacts& facts,
                      Complaints& out) {
  if (facts.kind == ConstraintKind::foreign_key) return check_foreign_key(now, action, facts, out);
  if (now.model.is_new(action.name)) return;
  const std::string table = shown(action.name);
  switch (facts.kind) {
    case ConstraintKind::check:
      if (facts.not_valid) return;
      out.push_back({"add-check-constraint",
                     fmt::format("all rows of {} are checked while it is closed to reads and "
                                 "writes",
                                 table)});
      out.push_back({"data-dependent-change",
                     fmt::format("it fails if a row of {} breaks the constraint", table)});
      return;
    case ConstraintKind::exclusion:
      out.push_back({"add-exclusion-constraint",
                     fmt::format("the index of the constraint is built while {} is closed to "
                                 "reads and writes",
                                 table)});
      return;
    default:
      return check_indexed(now, action, facts, out);
  }
}

void check_validation(const Situation& now, const Action& action, Complaints& out) {
  const std::pair key(now.model.resolve(action.name), action.column);
  bool added = now.transactional && now.so_far.not_validated.contains(key);
  for (const Action& other : now.actions) {
    if (&other == &action) break;
    if (other.kind != ActionKind::add_constraint) continue;
    for (const ConstraintFacts& facts : other.constraints)
      added = added || constraint_name(key.first, facts) == action.column;
  }
  if (added && !now.model.is_new(action.name))
    out.push_back({"validate-in-same-transaction",
                   fmt::format("the transaction that added {} still has its lock on {}: all rows "
                               "are read under that",
                               name_text(action.column), shown(action.name))});
}

void check_dropped(const Situation& now, const Action& action, Complaints& out) {
  if (now.model.is_new(action.name)) return;
  const KnownRelation* table = now.model.find(action.name);
  const ConstraintFacts* facts = table ? table->constraint(action.column) : nullptr;
  const bool primary = facts ? facts->kind == ConstraintKind::primary_key
                             : action.column == action.name.name + "_pkey";
  std::string also;
  if (facts && facts->kind == ConstraintKind::foreign_key)
    also = fmt::format("; {} is closed to reads and writes as well", shown(facts->refers_to));
  out.push_back({primary ? "drop-primary-key" : "drop-constraint",
                 fmt::format("nothing holds rows of {} to {} any more{}", shown(action.name),
                             name_text(action.column), also)});
}

}  // namespace

void check_constraints(const Situation& now, const Action& action, Complaints& out) {
  if (action.kind == ActionKind::add_constraint)
    for (const ConstraintFacts& facts : action.constraints)
      check_constraint(now, action, facts, out);
  if (action.kind == ActionKind::add_column) {
    const KnownRelation* table = now.model.find(action.name);
    if (table && table->column(action.column)) return;
    for (const ConstraintFacts& facts : action.columns.front().constraints)
      check_constraint(now, action, facts, out);
  }
  if (action.kind == ActionKind::validate_constraint) check_validation(now, action, out);
  if (action.kind == ActionKind::drop_constraint) check_dropped(now, action, out);
  if (action.kind == ActionKind::alter_domain && !action.not_valid && !action.what.empty() &&
      !now.model.is_new_type(action.name))
    out.push_back({"alter-domain-constraint",
                   fmt::format("each table with a column of the type {} is read, and takes no "
                               "writes meanwhile",
                               shown(action.name))});
}

}  // namespace migrator
