#include "engine/sql/action.h"

#include <algorithm>
#include <array>

#include "engine/sql/action_reading.h"
#include "engine/sql/tree_reading.h"

namespace migrator {
namespace {

std::string without_prefix(std::string_view object) {
  constexpr std::string_view kPrefix = "OBJECT_";
  return std::string(object.starts_with(kPrefix) ? object.substr(kPrefix.size()) : object);
}

void view(TreeNode node, Actions& actions) {
  actions.push_back({.kind = ActionKind::create_view,
                     .name = name_of(node["view"]),
                     .object = "VIEW",
                     .query = query_of(node["query"]),
                     .if_exists = node["replace"].is_true(),
                     .temporary = node["view"]["relpersistence"].text() == "t"});
}

void index(TreeNode node, Actions& actions) {
  const TreeNode table = node["relation"];
  Action action{.kind = ActionKind::create_index,
                .object = "INDEX",
                .table = name_of(table),
                .method = std::string(node["accessMethod"].text()),
                .if_exists = node["if_not_exists"].is_true(),
                .concurrent = node["concurrent"].is_true(),
                .unique = node["unique"].is_true(),
                .only = !table["inh"].is_true(),
                .partial = bool(node["whereClause"])};
  action.name = {.schema = action.table.schema, .name = std::string(node["idxname"].text())};
  for (const TreeNode part : node["indexParams"])
    action.keys.emplace_back(part["IndexElem"]["name"].text());
  actions.push_back(std::move(action));
}

void domain(TreeNode node, Actions& actions) {
  Action action{.kind = ActionKind::create_domain,
                .name = name_in(node["domainname"]),
                .object = "DOMAIN",
                .type = type_of(node["typeName"])};
  for (const TreeNode item : node["constraints"]) {
    const std::string_view kind = item["Constraint"]["contype"].text();
    action.computes = action.computes || kind == "CONSTR_CHECK" || kind == "CONSTR_NOTNULL";
  }
  actions.push_back(std::move(action));
}

/// C: ADD CONSTRAINT, O: SET NOT NULL, V: VALIDATE.
void alter_domain(TreeNode node, Actions& actions) {
  const std::string_view what = node["subtype"].text();
  actions.push_back({.kind = ActionKind::alter_domain,
                     .name = name_in(node["typeName"]),
                     .object = "DOMAIN",
                     .what = what == "C"   ? "ADD CONSTRAINT"
                             : what == "O" ? "SET NOT NULL"
                             : what == "V" ? "VALIDATE CONSTRAINT"
                                           : "",
                     .not_valid = node["def"]["Constraint"]["skip_validation"].is_true()});
}

void enumeration(TreeNode node, Actions& actions) {
  actions.push_back({.kind = ActionKind::create_enum,
                     .name = name_in(node["typeName"]),
                     .object = "TYPE",
                     .keys = texts_of(node["vals"])});
}

void label(TreeNode node, Actions& actions) {
  const bool renames = bool(node["oldVal"]);
  actions.push_back({.kind = renames ? ActionKind::rename_label : ActionKind::add_label,
                     .name = name_in(node["typeName"]),
                     .object = "TYPE",
                     .column = std::string(node["oldVal"].text()),
                     .value = std::string(node["newVal"].text()),
                     .only = bool(node["newValNeighbor"])});
}

void function(TreeNode node, Actions& actions) {
  Action action{
      .kind = ActionKind::create_function, .name = name_in(node["funcname"]), .object = "FUNCTION"};
  for (const TreeNode item : node["options"]) {
    const TreeNode element = item["DefElem"];
    const std::string_view option = element["defname"].text();
    if (option == "volatility")
      action.is_volatile = element["arg"]["String"]["sval"].text() == "volatile";
    if (option == "as")
      action.value = element["arg"]["List"]["items"].inner()["String"]["sval"].text();
  }
  actions.push_back(std::move(action));
}

void trigger(TreeNode node, Actions& actions) {
  actions.push_back({.kind = ActionKind::create_trigger,
                     .name = {.schema = {}, .name = std::string(node["trigname"].text())},
                     .object = "TRIGGER",
                     .table = name_of(node["relation"])});
}

void schema(TreeNode node, Actions& actions) {
  Action action{.kind = ActionKind::create_schema,
                .object = "SCHEMA",
                .if_exists = node["if_not_exists"].is_true()};
  action.name.name = node["schemaname"].text();
  if (action.name.name.empty()) action.name.name = node["authrole"]["rolename"].text();
  const std::string name = action.name.name;
  actions.push_back(std::move(action));
  for (const TreeNode element : node["schemaElts"])
    for (Action& inner : actions_of(element)) {
      if (inner.name.schema.empty()) inner.name.schema = name;
      if (!inner.table.name.empty() && inner.table.schema.empty()) inner.table.schema = name;
      actions.push_back(std::move(inner));
    }
}

void extension(TreeNode node, Actions& actions) {
  actions.push_back({.kind = ActionKind::create_extension,
                     .name = {.schema = {}, .name = std::string(node["extname"].text())},
                     .object = "EXTENSION"});
}

void sequence(TreeNode node, Actions& actions) {
  actions.push_back({.kind = ActionKind::create_other,
                     .name = name_of(node["sequence"]),
                     .object = "SEQUENCE",
                     .if_exists = node["if_not_exists"].is_true()});
}

void foreign_table(TreeNode node, Actions& actions) {
  read_create_table(node["base"], actions);
  actions.back().object = "FOREIGN_TABLE";
}

/// The list of names of one dropped thing; types and schemas stand there otherwise.
ObjectName dropped_name(TreeNode item, std::string_view object) {
  if (const TreeNode text = item["String"])
    return {.schema = {}, .name = std::string(text["sval"].text())};
  if (const TreeNode type = item["TypeName"]) return name_in(type["names"]);
  if (const TreeNode routine = item["ObjectWithArgs"]) return name_in(routine["objname"]);
  const bool on_table = object == "TRIGGER" || object == "POLICY" || object == "RULE";
  return name_in(item["List"]["items"], on_table ? 1 : 0);
}

void drop(TreeNode node, Actions& actions) {
  const std::string object = without_prefix(node["removeType"].text());
  bool first = true;
  for (const TreeNode item : node["objects"]) {
    Action action{.kind = ActionKind::drop,
                  .name = dropped_name(item, object),
                  .object = object,
                  .if_exists = node["missing_ok"].is_true(),
                  .concurrent = node["concurrent"].is_true(),
                  .cascade = node["behavior"].text() == "DROP_CASCADE"};
    action.only = !first;  // one of several
    first = false;
    actions.push_back(std::move(action));
  }
}

void drop_database(TreeNode node, Actions& actions) {
  actions.push_back({.kind = ActionKind::drop,
                     .name = {.schema = {}, .name = std::string(node["dbname"].text())},
                     .object = "DATABASE"});
}

void truncate(TreeNode node, Actions& actions) {
  for (const TreeNode table : node["relations"])
    actions.push_back({.kind = ActionKind::truncate,
                       .name = name_of(table["RangeVar"]),
                       .object = "TABLE",
                       .cascade = node["behavior"].text() == "DROP_CASCADE"});
}

void reindex(TreeNode node, Actions& actions) {
  constexpr std::string_view kPrefix = "REINDEX_OBJECT_";
  const std::string_view kind = node["kind"].text();
  Action action{.kind = ActionKind::reindex,
                .name = name_of(node["relation"]),
                .object = kind.empty() ? "INDEX" : std::string(kind.substr(kPrefix.size())),
                .concurrent = is_on(find_option(node["params"], "concurrently"))};
  if (action.name.name.empty()) action.name.name = node["name"].text();
  actions.push_back(std::move(action));
}

void refresh(TreeNode node, Actions& actions) {
  actions.push_back({.kind = ActionKind::refresh,
                     .name = name_of(node["relation"]),
                     .object = "MATVIEW",
                     .concurrent = node["concurrent"].is_true(),
                     .no_data = node["skipData"].is_true()});
}

void vacuum(TreeNode node, Actions& actions) {
  if (!is_on(find_option(node["options"], "full"))) return;
  Action action{.kind = ActionKind::rewrite_table, .object = "TABLE", .what = "VACUUM FULL"};
  for (const TreeNode table : node["rels"]) {
    action.name = name_of(table["VacuumRelation"]["relation"]);
    actions.push_back(action);
  }
  if (!node["rels"]) actions.push_back(std::move(action));
}

void cluster(TreeNode node, Actions& actions) {
  actions.push_back({.kind = ActionKind::rewrite_table,
                     .name = name_of(node["relation"]),
                     .object = "TABLE",
                     .what = "CLUSTER"});
}

void lock(TreeNode node, Actions& actions) {
  for (const TreeNode table : node["relations"])
    actions.push_back({.kind = ActionKind::lock,
                       .name = name_of(table["RangeVar"]),
                       .object = "TABLE",
                       .mode = static_cast<int>(node["mode"].number())});
}

struct Rule {
  std::string_view node;
  void (*look)(TreeNode node, Actions& actions);
};

constexpr auto kRules = std::to_array<Rule>({
    {"AlterDomainStmt", alter_domain},
    {"AlterEnumStmt", label},
    {"AlterObjectSchemaStmt", read_move},
    {"AlterTableStmt", read_alter_table},
    {"CallStmt", read_call},
    {"ClusterStmt", cluster},
    {"CopyStmt", read_copy},
    {"CreateDomainStmt", domain},
    {"CreateEnumStmt", enumeration},
    {"CreateExtensionStmt", extension},
    {"CreateForeignTableStmt", foreign_table},
    {"CreateFunctionStmt", function},
    {"CreateSchemaStmt", schema},
    {"CreateSeqStmt", sequence},
    {"CreateStmt", read_create_table},
    {"CreateTableAsStmt", read_create_table_as},
    {"CreateTrigStmt", trigger},
    {"DeleteStmt", read_delete},
    {"DoStmt", read_code},
    {"DropStmt", drop},
    {"DropdbStmt", drop_database},
    {"IndexStmt", index},
    {"InsertStmt", read_insert},
    {"LockStmt", lock},
    {"RefreshMatViewStmt", refresh},
    {"ReindexStmt", reindex},
    {"RenameStmt", read_rename},
    {"SelectStmt", read_select},
    {"TransactionStmt", read_transaction},
    {"TruncateStmt", truncate},
    {"UpdateStmt", read_update},
    {"VacuumStmt", vacuum},
    {"VariableSetStmt", read_set},
    {"ViewStmt", view},
});

}  // namespace

std::vector<Action> actions_of(TreeNode tree) {
  std::vector<Action> actions;
  const auto rule = std::ranges::find(kRules, tree.type(), &Rule::node);
  if (rule != kRules.end()) rule->look(tree.inner(), actions);
  return actions;
}

}  // namespace migrator
