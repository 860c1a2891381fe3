#include "engine/pg/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/base/quote.h"
#include "engine/pg/rows_held.h"
#include "engine/sql/statement_words.h"

namespace migrator {
namespace {

std::string quoted(const ObjectName& name) {
  return quote_name(name.schema) + "." + quote_name(name.name);
}

bool blocks(LockMode mode) {
  return blocked_by(mode) >= Blocked::writes;
}

bool may_be_locked(const SightedObject& object) {
  return object.kind == "table" || object.kind == "view" || object.kind == "index" ||
         object.kind == "materialized view" || object.kind == "foreign table";
}

/// What holds data comes first.
int rank_of(const SeenLoss& loss) {
  if (loss.kind == "schema" || loss.kind == "table") return 0;
  return loss.kind == "column" ? 1 : 2;
}

std::map<std::string, ObjectName> tables_of(const Objects& objects) {
  std::map<std::string, ObjectName> tables;
  for (const auto& [key, object] : objects)
    if (object.kind == "table") tables.emplace(key, object.name);
  return tables;
}

constexpr std::uint64_t kAll = std::numeric_limits<std::int64_t>::max();

}  // namespace

Trace trace_of(std::string_view sql) {
  const StatementWords words(sql);
  if (words.is_one_of(0, {"insert", "update", "delete", "copy", "merge", "values", "table"}))
    return Trace::rows;
  if (words.is(0, "truncate")) return Trace::emptying;
  if (words.is_one_of(0, {"do", "call", "select", "with", "execute", "explain"}) ||
      words.is(0, "("))
    return Trace::opaque;
  const bool is_full = words.is(1, "full") || words.option(1, "full") == StatementWords::Option::on;
  if (words.is(0, "vacuum") && !is_full) return Trace::yielding;
  return Trace::utility;
}

void Recorder::begin(Connection& connection) {
  there_ = objects_ = objects_in(connection, ignored_);
  looked_in_.clear();
}

void Recorder::before(Connection& connection, Trace trace) {
  trace_ = trace;
  heard_.clear();
  is_watching_ = !connection.in_transaction();
  before_ = doings_of(connection);
  // In another transaction, what the last one did may have been rolled back.
  if (before_.transaction != looked_in_) {
    objects_ = objects_in(connection, ignored_);
    looked_in_ = connection.in_transaction() ? before_.transaction : "";
    for (const auto& [key, object] : objects_)
      if (const auto old = there_.find(key); old != there_.end()) old->second = object;
  }
  if (is_watching_) {
    rows_.clear();
    if (trace_ == Trace::opaque) rows_ = rows_held(connection, tables_of(objects_), kAll);
    watch_.begin(connection.backend_pid(), tables_to_stand_in());
  }
  since_ = std::chrono::steady_clock::now();
}

/// VACUUM would try for seconds to cut the end of a file off, and then let it be.
std::vector<std::string> Recorder::tables_to_stand_in() const {
  std::vector<std::string> tables;
  if (trace_ == Trace::yielding) return tables;
  for (const auto& [key, object] : there_)
    if (object.kind == "table" && objects_.contains(key)) tables.push_back(quoted(object.name));
  return tables;
}

Observation Recorder::failed(Connection& connection) {
  Observation seen{.transactional = !is_watching_};
  seen.duration = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - since_);
  looked_in_.clear();
  if (!is_watching_) return seen;
  watch_.end();
  if (!connection.is_alive() || connection.in_transaction()) return seen;
  note_invalid(objects_in(connection, ignored_), seen);
  return seen;
}

void Recorder::note_invalid(const Objects& now, Observation& seen) const {
  for (const auto& [key, object] : now)
    if (object.invalid && !(objects_.contains(key) && objects_.at(key).invalid))
      seen.invalid_indexes.push_back(object.name);
}

Observation Recorder::after(Connection& connection) {
  Observation seen = Observation{.transactional = !is_watching_};
  seen.duration = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - since_);
  SeenModes watched;
  if (is_watching_) watched = watch_.end();
  if (trace_ == Trace::yielding)
    for (auto& [oid, mode] : watched) mode = std::min(mode, LockMode::share_update_exclusive);
  after_ = doings_of(connection);
  seen.wal_bytes = after_.wal - std::min(before_.wal, after_.wal);
  compare_locks(is_watching_ ? watched : taken_in_transaction(), seen);
  if (!is_watching_) compare_counts(seen);
  if (trace_ == Trace::rows && !is_watching_) return seen;
  const Objects now = objects_in(connection, ignored_);
  if (is_watching_ && !rows_.empty()) {
    count_rows(connection, now);
    note_rows(seen);
  }
  compare_files(connection, now, seen);
  if (trace_ == Trace::opaque) note_deletions(connection, now, seen);
  compare_objects(now, seen);
  objects_ = now;
  return seen;
}

void Recorder::heard(const Notice& notice) {
  if (notice.severity.starts_with("DEBUG")) heard_.push_back(notice.message);
}

/// Of what was there at begin(), and at the last look.
const SightedObject* Recorder::known(const std::string& key) const {
  const auto found = there_.find(key);
  return found == there_.end() ? nullptr : &found->second;
}

SeenRelation Recorder::relation_of(const SightedObject& object) const {
  SeenRelation relation{.name = object.name, .kind = object.kind};
  for (const std::string* key : {&object.root, &object.parent})
    if (const SightedObject* other = key->empty() ? nullptr : known(*key)) {
      relation.belongs_to = other->name;
      break;
    }
  return relation;
}

SeenModes Recorder::taken_in_transaction() const {
  SeenModes taken;
  for (const auto& [key, modes] : after_.locks) {
    const auto had = before_.locks.find(key);
    for (const LockMode mode : modes)
      if (had == before_.locks.end() || !had->second.contains(mode))
        taken[key.substr(1)] = std::max(taken[key.substr(1)], mode);
  }
  return taken;
}

void Recorder::compare_locks(const SeenModes& modes, Observation& seen) const {
  for (const auto& [oid, mode] : modes) {
    const SightedObject* object = known(relation_key(oid));
    // Reading waits for nobody but ACCESS EXCLUSIVE.
    if (!object || !may_be_locked(*object) || mode <= LockMode::access_share) continue;
    if (object->kind == "index" && !blocks(mode)) continue;
    const SeenRelation relation = relation_of(*object);
    const bool has_table = object->kind == "index" && !object->parent.empty();
    const auto table = has_table ? modes.find(object->parent.substr(1)) : modes.end();
    if (table != modes.end() && table->second >= mode) continue;
    const auto held =
        has_table && !is_watching_ ? before_.locks.find(object->parent) : before_.locks.end();
    if (held != before_.locks.end() && *held->second.rbegin() >= mode) continue;
    seen.locks.push_back({relation, mode});
  }
  for (const auto& [key, held] : before_.locks) {
    const SightedObject* object = known(key);
    if (!object || is_watching_ || object->kind == "index" || !may_be_locked(*object)) continue;
    const LockMode mode = *held.rbegin();
    if (blocks(mode)) seen.held.push_back({relation_of(*object), mode});
  }
}

/// What the server said that it does to a table, by name.
bool Recorder::heard_of(std::string_view what, const ObjectName& table) const {
  const std::string quoted_table = fmt::format("table \"{}\"", table.name);
  return std::ranges::any_of(heard_, [&](const std::string& line) {
    return line.starts_with(what) && line.find(quoted_table) != std::string::npos;
  });
}

void Recorder::compare_counts(Observation& seen) const {
  const bool validates = std::ranges::any_of(
      heard_, [](const std::string& line) { return line.starts_with("validating foreign key"); });
  for (const auto& [key, object] : there_) {
    if (object.kind != "table") continue;
    const bool said = heard_of("verifying", object.name) || heard_of("building index", object.name);
    const bool counted = (trace_ == Trace::utility || validates) && counts_of(key).scans > 0;
    // What a query reads (REFRESH) is not what the statement is about.
    const auto locked = after_.locks.find(key);
    const bool is_meant =
        locked != after_.locks.end() && *locked->second.rbegin() > LockMode::access_share;
    if (is_meant && (said || counted)) seen.scanned.push_back(object.name);
  }
  note_rows(seen);
}

/// Of what commits on its way the server's counters tell nothing.
void Recorder::count_rows(Connection& connection, const Objects& now) {
  before_.counts.clear();
  after_.counts.clear();
  for (const auto& [key, rows] : rows_held(connection, tables_of(now), kAll)) {
    const std::uint64_t had = rows_.contains(key) ? rows_.at(key) : 0;
    after_.counts[key] = {.inserted = rows - std::min(rows, had),
                          .deleted = had - std::min(rows, had)};
  }
}

/// By this statement.
Doings::Counts Recorder::counts_of(const std::string& key) const {
  const auto now = after_.counts.find(key);
  if (now == after_.counts.end()) return {};
  const auto then = before_.counts.find(key);
  const Doings::Counts had = then == before_.counts.end() ? Doings::Counts{} : then->second;
  const Doings::Counts& has = now->second;
  return {.scans = has.scans - std::min(had.scans, has.scans),
          .inserted = has.inserted - std::min(had.inserted, has.inserted),
          .updated = has.updated - std::min(had.updated, has.updated),
          .deleted = has.deleted - std::min(had.deleted, has.deleted)};
}

void Recorder::note_rows(Observation& seen) const {
  for (const auto& [key, object] : there_) {
    const Doings::Counts done = counts_of(key);
    if (object.kind == "table" && done.inserted + done.updated + done.deleted > 0)
      seen.rows.push_back({object.name, done.inserted, done.updated, done.deleted});
  }
}

/// By DELETE, which leaves the file; and of all that are emptied, whether their rows were moved.
void Recorder::note_deletions(Connection& connection, const Objects& now, Observation& seen) const {
  std::map<std::string, ObjectName> tables;
  for (const auto& [key, object] : there_) {
    const Doings::Counts done = counts_of(key);
    const auto after = now.find(key);
    if (object.kind == "table" && after != now.end() && done.deleted > done.inserted)
      tables.emplace(key, after->second.name);
  }
  for (const auto& [key, rows] : rows_held(connection, tables, 1))
    if (rows == 0 && std::ranges::find(seen.emptied, there_.at(key).name) == seen.emptied.end())
      seen.emptied.push_back(there_.at(key).name);
  for (const auto& [key, object] : there_)
    if (std::ranges::find(seen.emptied, object.name) != seen.emptied.end() && went_elsewhere(key))
      seen.moved.push_back(object.name);
}

/// Whether another table was given as many rows as it has lost; how many it held, a file that was
/// cut off does not tell.
bool Recorder::went_elsewhere(const std::string& key) const {
  const Doings::Counts done = counts_of(key);
  const std::uint64_t lost =
      std::max<std::uint64_t>(done.deleted - std::min(done.inserted, done.deleted), 1);
  return std::ranges::any_of(after_.counts, [&](const auto& one) {
    return one.first != key && counts_of(one.first).inserted >= lost;
  });
}

/// Whether something is in it that this statement has not inserted.
bool Recorder::has_old_rows(Connection& connection, const std::string& key) const {
  if (counts_of(key).inserted > 0) return false;
  const std::vector<Field> oid{key.substr(1)};
  return connection.query("select pg_catalog.pg_relation_size($1::pg_catalog.oid) > 0", oid)
             .at(0)
             .at(0) == "t";
}

void Recorder::compare_files(Connection& connection, const Objects& now, Observation& seen) {
  for (const auto& [key, object] : there_) {
    const auto then = objects_.find(key);
    const auto after = now.find(key);
    if (then == objects_.end() || after == now.end() || after->second.file.empty()) continue;
    if (then->second.file == after->second.file) continue;
    if (object.kind == "index") {
      seen.rebuilt.push_back(object.name);
    } else if (object.kind == "materialized view") {
      seen.refreshed.push_back(object.name);
    } else if (object.kind == "table") {
      const bool rewritten = heard_of("rewriting", object.name) || trace_ == Trace::utility ||
                             (trace_ == Trace::opaque && has_old_rows(connection, key));
      (rewritten ? seen.rewritten : seen.emptied).push_back(object.name);
    }
  }
  // The index of an emptied table is built of nothing.
  std::erase_if(seen.scanned, [&](const ObjectName& table) {
    return std::ranges::find(seen.emptied, table) != seen.emptied.end();
  });
  // Those of a table that is written anew, or emptied, go with it.
  std::erase_if(seen.rebuilt, [&](const ObjectName& index) {
    return std::ranges::any_of(there_, [&](const auto& one) {
      const SightedObject* table = one.second.name == index ? known(one.second.parent) : nullptr;
      return table && (std::ranges::find(seen.rewritten, table->name) != seen.rewritten.end() ||
                       std::ranges::find(seen.emptied, table->name) != seen.emptied.end());
    });
  });
}

void Recorder::compare_objects(const Objects& now, Observation& seen) {
  note_invalid(now, seen);
  const auto is_gone = [&](const std::string& key) {
    return objects_.contains(key) && !now.contains(key);
  };
  for (const auto& [key, object] : there_) {
    if (!is_gone(key) || (!object.parent.empty() && is_gone(object.parent))) continue;
    const bool is_back = std::ranges::any_of(now, [&](const auto& one) {
      return one.second.kind == object.kind && one.second.name == object.name &&
             one.second.parent == object.parent;
    });
    if (is_back) continue;
    const SightedObject* of = object.parent.empty() ? nullptr : known(object.parent);
    seen.losses.push_back({object.kind, object.name, of ? to_short_text(of->name) : ""});
  }
  std::ranges::stable_sort(seen.losses, {}, rank_of);
  for (auto& [key, object] : there_)
    if (const auto found = now.find(key); found != now.end()) object = found->second;
}

}  // namespace migrator
