#include <algorithm>
#include <array>

#include "engine/sql/action_reading.h"
#include "engine/sql/tree_reading.h"

namespace migrator {
namespace {

std::string object_of(std::string_view kind) {
  constexpr std::string_view kPrefix = "OBJECT_";
  return std::string(kind.starts_with(kPrefix) ? kind.substr(kPrefix.size()) : kind);
}

/// Constraints that a table has beside its columns, and those in them.
void read_elements(TreeNode elements, Action& action) {
  for (const TreeNode element : elements) {
    if (const TreeNode column = element["ColumnDef"]) action.columns.push_back(column_of(column));
    ConstraintFacts facts;
    if (element["Constraint"] && read_constraint(element["Constraint"], facts))
      action.constraints.push_back(std::move(facts));
  }
  for (const ColumnFacts& column : action.columns)
    action.constraints.insert(action.constraints.end(), column.constraints.begin(),
                              column.constraints.end());
}

/// USING the column itself or a cast of it changes nothing about what the cast would do.
bool computes(TreeNode expression) {
  return expression && !expression["ColumnRef"] && !expression["TypeCast"]["arg"]["ColumnRef"];
}

void add_column(TreeNode command, Action& action) {
  action.columns = {column_of(command["def"]["ColumnDef"])};
  action.column = action.columns.front().name;
  action.if_exists = command["missing_ok"].is_true();
}

void change_type(TreeNode command, Action& action) {
  const TreeNode column = command["def"]["ColumnDef"];
  action.type = type_of(column["typeName"]);
  action.expression = expression_of(column["raw_default"]);
  action.computes = computes(column["raw_default"]);
  action.collates = bool(column["collClause"]);
}

void add_constraint(TreeNode command, Action& action) {
  ConstraintFacts facts;
  if (!read_constraint(command["def"]["Constraint"], facts)) return;
  action.not_valid = facts.not_valid;
  action.constraints = {std::move(facts)};
}

void partition(TreeNode command, Action& action) {
  const TreeNode part = command["def"]["PartitionCmd"];
  action.new_name = name_of(part["name"]);
  action.concurrent = part["concurrent"].is_true();
  action.is_default = part["bound"]["is_default"].is_true();
  if (!part["bound"] && action.kind == ActionKind::attach_partition) action.object = "INDEX";
}

void rewrite(TreeNode command, Action& action) {
  const std::string_view subtype = command["subtype"].text();
  action.what = subtype == "AT_SetLogged"         ? "SET LOGGED"
                : subtype == "AT_SetUnLogged"     ? "SET UNLOGGED"
                : subtype == "AT_SetAccessMethod" ? "SET ACCESS METHOD"
                                                  : "SET TABLESPACE";
}

void set_default(TreeNode command, Action& action) {
  action.no_data = !command["def"];
  action.expression = expression_of(command["def"]);
}

void disable_trigger(TreeNode command, Action& action) {
  const std::string_view subtype = command["subtype"].text();
  action.what = subtype == "AT_DisableTrigAll"    ? "ALL"
                : subtype == "AT_DisableTrigUser" ? "USER"
                                                  : "";
}

void plain(TreeNode, Action&) {}

struct Rule {
  std::string_view subtype;
  ActionKind kind;
  void (*look)(TreeNode command, Action& action);
};

constexpr auto kRules = std::to_array<Rule>({
    {"AT_AddColumn", ActionKind::add_column, add_column},
    {"AT_DropColumn", ActionKind::drop_column, plain},
    {"AT_AlterColumnType", ActionKind::change_type, change_type},
    {"AT_ColumnDefault", ActionKind::set_default, set_default},
    {"AT_SetNotNull", ActionKind::set_not_null, plain},
    {"AT_DropNotNull", ActionKind::drop_not_null, plain},
    {"AT_AddConstraint", ActionKind::add_constraint, add_constraint},
    {"AT_ValidateConstraint", ActionKind::validate_constraint, plain},
    {"AT_DropConstraint", ActionKind::drop_constraint, plain},
    {"AT_AddIdentity", ActionKind::add_identity, plain},
    {"AT_AttachPartition", ActionKind::attach_partition, partition},
    {"AT_DetachPartition", ActionKind::detach_partition, partition},
    {"AT_SetLogged", ActionKind::rewrite_table, rewrite},
    {"AT_SetUnLogged", ActionKind::rewrite_table, rewrite},
    {"AT_SetTableSpace", ActionKind::rewrite_table, rewrite},
    {"AT_SetAccessMethod", ActionKind::rewrite_table, rewrite},
    {"AT_DisableTrig", ActionKind::disable_trigger, disable_trigger},
    {"AT_DisableTrigAll", ActionKind::disable_trigger, disable_trigger},
    {"AT_DisableTrigUser", ActionKind::disable_trigger, disable_trigger},
});

}  // namespace

void read_create_table(TreeNode node, Actions& actions) {
  const TreeNode relation = node["relation"];
  Action action{.kind = ActionKind::create_table,
                .name = name_of(relation),
                .object = "TABLE",
                .if_exists = node["if_not_exists"].is_true(),
                .temporary = relation["relpersistence"].text() == "t",
                .partitioned = bool(node["partspec"])};
  read_elements(node["tableElts"], action);
  for (const TreeNode key : node["partspec"]["partParams"])
    action.keys.emplace_back(key["PartitionElem"]["name"].text());
  action.is_default = node["partbound"]["is_default"].is_true();
  if (node["partbound"]) action.table = name_of(node["inhRelations"].inner()["RangeVar"]);
  // A copy of columns that are not in the text: LIKE, INHERITS, OF.
  bool copies = node["inhRelations"] || node["ofTypename"];
  for (const TreeNode element : node["tableElts"])
    copies = copies || bool(element["TableLikeClause"]);
  action.computes = copies;
  actions.push_back(std::move(action));
}

void read_alter_table(TreeNode node, Actions& actions) {
  const std::string object = object_of(node["objtype"].text());
  if (object == "TYPE") return;
  for (const TreeNode item : node["cmds"]) {
    const TreeNode command = item["AlterTableCmd"];
    const auto rule = std::ranges::find(kRules, command["subtype"].text(), &Rule::subtype);
    Action action{.kind = rule == kRules.end() ? ActionKind::alter_other : rule->kind,
                  .name = name_of(node["relation"]),
                  .object = object,
                  .column = std::string(command["name"].text())};
    action.cascade = command["behavior"].text() == "DROP_CASCADE";
    if (rule != kRules.end()) rule->look(command, action);
    actions.push_back(std::move(action));
  }
}

void read_rename(TreeNode node, Actions& actions) {
  Action action{.kind = ActionKind::rename, .object = object_of(node["renameType"].text())};
  const std::string newname(node["newname"].text());
  if (const TreeNode relation = node["relation"])
    action.name = name_of(relation);
  else if (action.object == "SCHEMA")
    action.name.name = node["subname"].text();
  else
    action.name = name_in(node["object"]["List"]["items"]);
  action.column = node["subname"].text();
  action.new_name = {.schema = action.name.schema, .name = newname};
  action.what = object_of(node["relationType"].text());
  actions.push_back(std::move(action));
}

void read_move(TreeNode node, Actions& actions) {
  Action action{.kind = ActionKind::move, .object = object_of(node["objectType"].text())};
  action.name =
      node["relation"] ? name_of(node["relation"]) : name_in(node["object"]["List"]["items"]);
  action.new_name = {.schema = std::string(node["newschema"].text()), .name = action.name.name};
  actions.push_back(std::move(action));
}

}  // namespace migrator
