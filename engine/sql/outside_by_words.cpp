#include "engine/sql/outside_by_words.h"

#include <string>

#include "engine/base/text.h"
#include "engine/sql/statement_words.h"

namespace migrator {
namespace {

/// Moves through the words of a statement.
class Walk {
 public:
  explicit Walk(std::string_view statement) : words_(statement) {}

  /// Whether the next word is this one, which is then passed.
  bool take(std::string_view keyword) {
    if (!words_.is(at_, keyword)) return false;
    ++at_;
    return true;
  }

  void take_parentheses() { at_ = words_.after_parentheses(at_); }

  /// A name, perhaps behind its schema; empty when none stands here.
  ObjectName take_name() {
    ObjectName name;
    if (at_ == words_.size() || words_.is_one_of(at_, {"(", ";", "on"})) return name;
    name.name = words_.unquoted(at_++);
    while (take(".")) {
      name.schema = name.name;
      name.name = words_.unquoted(at_++);
    }
    return name;
  }

  /// Whether this word comes later, outside of parentheses.
  bool holds(std::string_view keyword) const { return words_.find(keyword, at_) < words_.size(); }

  bool take_if_exists() {
    if (!words_.is(at_, "if")) return false;
    at_ += words_.is(at_ + 1, "not") ? 3 : 2;
    return true;
  }

 private:
  StatementWords words_;
  std::size_t at_ = 0;
};

OutsideAction created(Walk walk) {
  if (walk.take("database"))
    return {.kind = OutsideKind::create_database, .object = walk.take_name()};
  if (walk.take("tablespace"))
    return {.kind = OutsideKind::create_tablespace, .object = walk.take_name()};
  walk.take("unique");
  if (!walk.take("index") || !walk.take("concurrently")) return {};
  OutsideAction action{.kind = OutsideKind::create_index};
  action.tolerant = walk.take_if_exists();
  action.object = walk.take_name();
  walk.take("on");
  walk.take("only");
  action.table = walk.take_name();
  return action;
}

OutsideAction dropped(Walk walk) {
  OutsideAction action;
  if (walk.take("database"))
    action.kind = OutsideKind::drop_database;
  else if (walk.take("tablespace"))
    action.kind = OutsideKind::drop_tablespace;
  else if (walk.take("index") && walk.take("concurrently"))
    action.kind = OutsideKind::drop_index;
  else
    return action;
  action.tolerant = walk.take_if_exists();
  action.object = walk.take_name();
  return action;
}

OutsideAction reindexed(Walk walk) {
  walk.take_parentheses();
  OutsideAction action{.kind = OutsideKind::reindex_all};
  if (walk.take("index"))
    action.kind = OutsideKind::reindex_index;
  else if (walk.take("table"))
    action.kind = OutsideKind::reindex_table;
  else if (!walk.take("schema") && !walk.take("database") && !walk.take("system"))
    return {};
  walk.take("concurrently");
  action.object = walk.take_name();
  return action;
}

OutsideAction altered(Walk walk) {
  if (walk.take("system")) return {.kind = OutsideKind::repeatable};
  if (walk.take("database"))
    return {.kind = walk.holds("tablespace") ? OutsideKind::repeatable : OutsideKind::unknown};
  if (!walk.take("table")) return {};
  walk.take_if_exists();
  walk.take("only");
  OutsideAction action{.kind = OutsideKind::detach_partition, .table = walk.take_name()};
  if (!walk.take("detach") || !walk.take("partition")) return {};
  action.object = walk.take_name();
  return walk.take("concurrently") ? action : OutsideAction{};
}

}  // namespace

OutsideAction outside_action_of(std::string_view statement) {
  Walk walk(statement);
  if (walk.take("create")) return created(walk);
  if (walk.take("drop")) return dropped(walk);
  if (walk.take("reindex")) return reindexed(walk);
  if (walk.take("alter")) return altered(walk);
  if (walk.take("vacuum") || walk.take("cluster") || walk.take("discard"))
    return {.kind = OutsideKind::repeatable};
  if ((walk.take("commit") || walk.take("rollback")) && walk.take("prepared"))
    return {.kind = OutsideKind::end_prepared, .object = walk.take_name()};
  return {};
}

}  // namespace migrator
