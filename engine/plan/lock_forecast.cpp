#include "engine/plan/lock_forecast.h"

#include <algorithm>

namespace migrator {
namespace {

// The server's default is "$user", public. Where a role or database has another one, unqualified
// names still agree with each other; only to public.users they would not be the same.
constexpr std::string_view kDefaultSchema = "public";
constexpr std::string_view kTemporary = "pg_temp";

/// Those that are told by the name of an index.
bool is_by_index(LockTarget target) {
  return target == LockTarget::index || target == LockTarget::table_of_index;
}

bool is_by_relation(LockTarget target) {
  return target == LockTarget::relation || target == LockTarget::indexes ||
         target == LockTarget::default_partition || target == LockTarget::referencing_tables ||
         target == LockTarget::referenced_tables;
}

}  // namespace

void LockForecast::begin_file() {
  first_schema_ = kDefaultSchema;
  temporary_.clear();
}

void LockForecast::begin_segment(bool transactional) {
  transactional_ = transactional;
  held_.clear();
}

StatementForecast LockForecast::next(std::string_view sql, const Place& place) {
  const ParseTree tree = needs_tree(sql) ? ParseTree::of(sql) : ParseTree();
  return next(expected_locks(sql, tree.statement()), relation_changes(tree.statement()), place);
}

StatementForecast LockForecast::next(StatementLocks expected, const RelationChanges& changes,
                                     const Place& place) {
  // First: what a statement makes is new to the rest of it.
  for (const RelationChanges::Made& made : changes.made) make(made);
  LockList kept;
  for (ExpectedLock& lock : expected.locks)
    if (!is_about_new(lock)) kept.add(std::move(lock));
  StatementForecast forecast{.locks = {}, .unknown = std::move(expected.unknown)};
  for (ExpectedLock& lock : kept.take())
    forecast.locks.push_back(with_held(std::move(lock), place));
  apply(changes);
  return forecast;
}

ObjectName LockForecast::resolve(ObjectName name) const {
  if (!name.schema.empty()) return name;
  name.schema = temporary_.contains(name.name) ? std::string(kTemporary) : first_schema_;
  return name;
}

// Nobody else waits for what the plan makes itself, in the same file or in an earlier one. That one
// is committed by then and others could see the table; but no program in use knows of it yet, and
// while all of a plan is one deployment, its size and its readers are the plan's own.
bool LockForecast::is_new(const ObjectName& resolved) const {
  return resolved.schema == kTemporary || made_.contains(resolved) ||
         made_schemas_.contains(resolved.schema);
}

/// Also puts in the name of a table that is known by its index only.
bool LockForecast::is_about_new(ExpectedLock& lock) const {
  if (is_by_relation(lock.target)) return is_new(resolve(lock.name));
  if (lock.target == LockTarget::tables_of_schema) return made_schemas_.contains(lock.name.name);
  if (!is_by_index(lock.target)) return false;
  const auto known = indexes_.find(resolve(lock.name));
  if (known == indexes_.end()) return made_schemas_.contains(lock.name.schema);
  if (lock.target == LockTarget::index) return true;
  lock.target = LockTarget::relation;
  lock.name = known->second;
  const bool is_table_new = is_new(lock.name);
  if (lock.name.schema == first_schema_) lock.name.schema.clear();
  return is_table_new;
}

ForecastLock LockForecast::with_held(ExpectedLock lock, const Place& place) {
  ForecastLock result{.lock = std::move(lock)};
  if (!transactional_) return result;
  const std::pair key(resolve(result.lock.name), result.lock.target);
  const auto known = held_.find(key);
  if (known != held_.end() && known->second.mode >= result.lock.mode) {
    result.held = known->second;
  } else if (result.lock.taken.answer == Answer::yes) {
    held_[key] = {.mode = result.lock.mode, .since = place};
  }
  return result;
}

void LockForecast::apply(const RelationChanges& changes) {
  if (changes.resets_search_path) first_schema_ = kDefaultSchema;
  if (changes.search_path) first_schema_ = *changes.search_path;
  for (const ObjectName& name : changes.dropped) forget(resolve(name));
  for (const auto& [from, to] : changes.renamed) {
    const ObjectName old = resolve(from);
    ObjectName renamed = to;
    if (renamed.schema.empty()) renamed.schema = old.schema;
    move(old, renamed);
  }
  for (const std::string& name : changes.dropped_schemas) made_schemas_.erase(name);
  for (const auto& [from, to] : changes.renamed_schemas)
    if (made_schemas_.erase(from) > 0) made_schemas_.insert(to);
  for (const std::string& name : changes.made_schemas) made_schemas_.insert(name);
}

void LockForecast::make(const RelationChanges::Made& made) {
  if (made.temporary) {
    temporary_.insert(made.name.name);
    return;
  }
  ObjectName name = made.name;
  if (!made.table.name.empty()) name.schema = resolve(made.table).schema;
  if (name.schema.empty()) name.schema = first_schema_;
  // IF NOT EXISTS proves nothing, unless it is known not to be there.
  if (made.unless_there && gone_.erase(name) == 0) return;
  gone_.erase(name);
  if (made.table.name.empty())
    made_.insert(std::move(name));
  else
    indexes_[std::move(name)] = resolve(made.table);
}

void LockForecast::move(const ObjectName& from, const ObjectName& to) {
  if (from.schema == kTemporary) {
    temporary_.erase(from.name);
    temporary_.insert(to.name);
    return;
  }
  const bool was_new = made_.erase(from) > 0;
  if (was_new)
    made_.insert(to);
  else
    made_.erase(to);
  if (const auto index = indexes_.find(from); index != indexes_.end()) {
    indexes_[to] = index->second;
    indexes_.erase(index);
  }
  for (auto& [index, table] : indexes_)
    if (table == from) table = to;
  for (auto key = held_.begin(); key != held_.end(); ++key) {
    if (key->first.first != from) continue;
    held_[{to, key->first.second}] = key->second;
    held_.erase(key);
    break;
  }
  gone_.insert(from);
  gone_.erase(to);
}

void LockForecast::forget(const ObjectName& name) {
  if (name.schema == kTemporary) {
    temporary_.erase(name.name);
    return;
  }
  made_.erase(name);
  indexes_.erase(name);
  gone_.insert(name);
}

}  // namespace migrator
