#include <fmt/format.h>

#include <algorithm>

#include "engine/lint/check.h"

namespace migrator {
namespace {

void check_attached(const Situation& now, const Action& action, Complaints& out) {
  if (action.object == "INDEX") return;
  const KnownRelation* parent = now.model.find(action.name);
  const KnownRelation* partition = now.model.find(action.new_name);
  const bool has_default = parent && parent->default_partition && !action.is_default &&
                           !now.model.is_new(*parent->default_partition);
  if (has_default)
    return out.push_back({"attach-partition-scan",
                          fmt::format("the default partition {} is closed and all of it is read, "
                                      "unless a CHECK excludes the new bounds",
                                      to_text(*parent->default_partition))});
  if (now.model.age_of(action.new_name) != Age::existing &&
      now.model.age_of(action.new_name) != Age::filled)
    return;
  const bool proven = parent && partition && !parent->partition_keys.empty() &&
                      std::ranges::all_of(parent->partition_keys, [&](const std::string& key) {
                        const bool checked = std::ranges::any_of(
                            partition->constraints, [&](const ConstraintFacts& facts) {
                              return facts.kind == ConstraintKind::check && !facts.not_valid &&
                                     std::ranges::find(facts.columns, key) != facts.columns.end();
                            });
                        return checked && partition->proves_not_null(key);
                      });
  if (!proven)
    out.push_back({"attach-partition-scan",
                   fmt::format("{} is closed while all of it is read: no CHECK and NOT NULL prove "
                               "its bounds",
                               to_text(action.new_name))});
}

void check_detached(const Situation& now, const Action& action, Complaints& out) {
  if (now.model.is_new(action.name)) return;
  const KnownRelation* parent = now.model.find(action.name);
  const bool has_default = parent && parent->default_partition;
  if (!action.concurrent && !has_default)
    out.push_back(
        {"detach-partition-not-concurrent",
         fmt::format("{} and its partition are closed to reads and writes", to_text(action.name))});
  if (action.concurrent && has_default)
    out.push_back({"concurrent-detach-with-default",
                   fmt::format("{} has a default partition: the server refuses CONCURRENTLY "
                               "(55000)",
                               to_text(action.name))});
}

bool is_new_or_unnamed(const Situation& now, const Action& action) {
  return !action.name.name.empty() && now.model.is_new(action.name);
}

}  // namespace

void check_tables(const Situation& now, const Action& action, Complaints& out) {
  const std::string name = to_text(action.name);
  switch (action.kind) {
    case ActionKind::rewrite_table:
      if (!is_new_or_unnamed(now, action))
        out.push_back({"table-rewrite-command",
                       fmt::format("{} copies {}, closed to reads and writes meanwhile",
                                   action.what, name.empty() ? "all tables" : name)});
      return;
    case ActionKind::refresh:
      if (!action.concurrent && !action.no_data && !now.model.is_new(action.name))
        out.push_back({"refresh-not-concurrent",
                       fmt::format("who reads {} waits until it is computed anew", name)});
      return;
    case ActionKind::attach_partition:
      return check_attached(now, action, out);
    case ActionKind::detach_partition:
      return check_detached(now, action, out);
    case ActionKind::create_table:
      if (!action.table.name.empty() && !now.model.is_new(action.table))
        out.push_back(
            {"create-partition-of",
             fmt::format("{} is closed to reads and writes for a moment", to_text(action.table))});
      return;
    case ActionKind::create_trigger:
      if (!now.model.is_new(action.table))
        out.push_back({"create-trigger-lock",
                       fmt::format("{} takes no writes for a moment", to_text(action.table))});
      return;
    case ActionKind::lock:
      if (action.mode >= static_cast<int>(LockMode::share) && !now.model.is_new(action.name))
        out.push_back(
            {"explicit-lock", fmt::format("{} is locked until the transaction ends", name)});
      return;
    case ActionKind::disable_trigger:
      if (!action.what.empty() && !now.model.is_new(action.name))
        out.push_back({"disable-trigger",
                       fmt::format("DISABLE TRIGGER {} on {}{}", action.what, name,
                                   action.what == "ALL" ? " also stops checking foreign keys"
                                                        : " stops all of its own")});
      return;
    case ActionKind::drop:
      if (action.object == "TRIGGER" && !now.model.is_new(action.name))
        out.push_back({"create-trigger-lock",
                       fmt::format("{} is closed to reads and writes for a moment", name)});
      return;
    default:
      return;
  }
}

}  // namespace migrator
