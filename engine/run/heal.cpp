#include "engine/run/heal.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "engine/base/error.h"
#include "engine/pg/examine.h"
#include "engine/pg/index_state.h"
#include "engine/pg/script.h"
#include "engine/pg/table_workers.h"
#include "engine/run/wait_for_workers.h"

namespace migrator {
namespace {

constexpr std::string_view kNoPrivilege = "42501";

std::vector<std::string> tables_of(const std::vector<IndexState>& indexes) {
  std::vector<std::string> tables;
  for (const IndexState& index : indexes)
    if (std::ranges::find(tables, index.table_oid) == tables.end())
      tables.push_back(index.table_oid);
  return tables;
}

/// What is asked whether somebody works on it. A process that outlived its client may have made
/// nothing yet that could be seen, so after an interruption the tables themselves count.
std::vector<std::string> tables_to_watch(Connection& connection, const OutsideAction& action,
                                         EarlierTry earlier) {
  std::vector<std::string> tables = tables_of(leftovers_of(connection, action));
  if (earlier != EarlierTry::interrupted) return tables;
  for (std::string& table : tables_of(indexes_of(connection, action)))
    tables.push_back(std::move(table));
  if (action.kind == OutsideKind::create_index)
    tables.push_back(relation_oid(connection, action.table));
  std::erase(tables, "");
  return tables;
}

Finding healed(std::string message) {
  return {.severity = Severity::note, .id = "healed", .message = std::move(message)};
}

Finding kept(const IndexState& index) {
  return {.severity = Severity::warning,
          .id = "leftover-kept",
          .message = fmt::format("the invalid index {}, left by an earlier try, stays: this role "
                                 "may not drop it",
                                 index.name),
          .detail = "it is kept up to date by every write and serves no query",
          .next = fmt::format("let a superuser run: DROP INDEX CONCURRENTLY {}", index.name)};
}

[[noreturn]] void throw_with(const Error& error, const std::string& what) {
  Finding finding = error.finding();
  finding.message = what + ": " + finding.message;
  throw Error(error.kind(), finding);
}

Finding drop(Connection& connection, const IndexState& index, const std::stop_token& stop) {
  try {
    run_command(connection, "DROP INDEX CONCURRENTLY IF EXISTS " + index.name, stop);
  } catch (const Error& error) {
    // Only superusers may name what is in pg_toast; it hinders nobody from going on.
    if (index.toast && error.finding().sqlstate == kNoPrivilege) return kept(index);
    throw_with(error,
               fmt::format("cannot drop the invalid index {}, left by an earlier try", index.name));
  }
  return healed(fmt::format("dropped the invalid index {}, left by an earlier try", index.name));
}

/// The index of a CREATE INDEX without a name that another session has finished since.
const IndexState* find_finished(const std::vector<IndexState>& before,
                                const std::vector<IndexState>& now) {
  for (const IndexState& index : now) {
    const bool was_valid = std::ranges::any_of(
        before, [&](const IndexState& other) { return other.oid == index.oid && other.valid; });
    if (index.valid && !was_valid) return &index;
  }
  return nullptr;
}

Healing done_by_other(const std::string& detail) {
  return {.findings = {healed(fmt::format(
              "the statement was finished on the server after its client had left: {}", detail))},
          .done = true};
}

Healing heal_index(Connection& connection, const OutsideAction& action,
                   const HealOptions& options) {
  const bool interrupted = options.earlier == EarlierTry::interrupted;
  const bool unnamed = action.kind == OutsideKind::create_index && action.object.name.empty();
  // Nothing tells whose an index without a given name is, but that the statement has run before.
  if (unnamed && options.earlier == EarlierTry::none) return {};

  const std::vector<IndexState> before = indexes_of(connection, action);
  wait_for_workers(connection, options,
                   [&] { return tables_to_watch(connection, action, options.earlier); });
  if (interrupted) {
    const Examination examination = examine(connection, action);
    if (examination.fate == Fate::done) return done_by_other(examination.detail);
    const std::vector<IndexState> now = indexes_of(connection, action);
    if (const IndexState* index = unnamed ? find_finished(before, now) : nullptr)
      return done_by_other(fmt::format("index {} exists and is valid", index->name));
  }

  Healing healing;
  for (const IndexState& index : leftovers_of(connection, action)) {
    if (!index.droppable) continue;
    wait_for_workers(connection, options, [&] { return std::vector{index.table_oid}; });
    // Who was waited for may have made it valid: to be asked after nobody is at work, not before.
    if (is_left_invalid(connection, index))
      healing.findings.push_back(drop(connection, index, options.stop));
  }
  return healing;
}

/// A DROP INDEX CONCURRENTLY finishes one that was broken off, unless that goes on by itself.
Healing heal_drop(Connection& connection, const OutsideAction& action, const HealOptions& options) {
  if (options.earlier != EarlierTry::interrupted) return {};
  wait_for_workers(connection, options, [&] { return tables_of(indexes_of(connection, action)); });
  const Examination examination = examine(connection, action);
  return examination.fate == Fate::done ? done_by_other(examination.detail) : Healing{};
}

Healing heal_detach(Connection& connection, const OutsideAction& action,
                    const HealOptions& options) {
  const bool interrupted = options.earlier == EarlierTry::interrupted;
  if (!interrupted && examine(connection, action).fate != Fate::broken) return {};
  std::vector<std::string> tables{relation_oid(connection, action.table),
                                  relation_oid(connection, action.object)};
  std::erase(tables, "");
  wait_for_workers(connection, options, [&] { return tables; });

  const Examination examination = examine(connection, action);
  if (interrupted && examination.fate == Fate::done) return done_by_other(examination.detail);
  if (examination.fate != Fate::broken) return {};
  try {
    run_command(connection,
                fmt::format("ALTER TABLE {} DETACH PARTITION {} FINALIZE", quoted(action.table),
                            quoted(action.object)),
                options.stop);
  } catch (const Error& error) {
    throw_with(error, "cannot finish what an earlier try left: " + examination.detail);
  }
  return {.findings = {healed(fmt::format("finished detaching {} from {}, begun by an earlier try",
                                          to_text(action.object), to_text(action.table)))},
          .done = true};
}

[[noreturn]] void throw_invalid(const IndexState& index, const OutsideAction& action) {
  const bool accepted = action.kind == OutsideKind::create_index && action.tolerant;
  const std::string way =
      index.droppable
          ? fmt::format(
                "drop it with DROP INDEX CONCURRENTLY {0}, or make it valid with REINDEX "
                "INDEX CONCURRENTLY {0}",
                index.name)
          : fmt::format("make it valid with REINDEX INDEX CONCURRENTLY {}", index.name);
  throw Error(ErrorKind::migration,
              {.id = "index-invalid",
               .message = fmt::format("index {} is invalid after the statement", index.name),
               .detail = accepted ? "IF NOT EXISTS accepted the index that was there, which serves "
                                    "no query"
                                  : "the server left it out; it serves no query",
               .next = way + "; then run the same command again"});
}

}  // namespace

Healing heal_before(Connection& connection, const OutsideAction& action,
                    const HealOptions& options) {
  switch (action.kind) {
    case OutsideKind::create_index:
    case OutsideKind::reindex_index:
    case OutsideKind::reindex_table:
    case OutsideKind::reindex_all:
      return heal_index(connection, action, options);
    case OutsideKind::drop_index:
      return heal_drop(connection, action, options);
    case OutsideKind::detach_partition:
      return heal_detach(connection, action, options);
    default:
      return {};
  }
}

void check_after(Connection& connection, const OutsideAction& action) {
  const bool all_of_table = action.kind == OutsideKind::reindex_table;
  const bool one =
      action.kind == OutsideKind::create_index || action.kind == OutsideKind::reindex_index;
  if (action.object.name.empty() || !(one || all_of_table)) return;
  for (const IndexState& index : indexes_of(connection, action)) {
    if (index.valid || index.partitioned || index.toast) continue;
    // Somebody may have begun an index of this table since.
    if (all_of_table && !workers_on(connection, {&index.table_oid, 1}).empty()) continue;
    throw_invalid(index, action);
  }
}

}  // namespace migrator
