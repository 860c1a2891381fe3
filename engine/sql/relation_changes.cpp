#include "engine/sql/relation_changes.h"

#include <algorithm>
#include <array>

#include "engine/sql/lock_rules.h"
#include "engine/sql/tree_reading.h"

namespace migrator {
namespace {

bool is_relation(std::string_view object) {
  return is_table_like(object) || object == "OBJECT_INDEX";
}

void make(TreeNode range_var, TreeNode node, RelationChanges& changes) {
  changes.made.push_back({.name = name_of(range_var),
                          .temporary = range_var["relpersistence"].text() == "t",
                          .unless_there = node["if_not_exists"].is_true()});
}

void create_table(TreeNode node, RelationChanges& changes) {
  make(node["relation"], node, changes);
}

void create_foreign_table(TreeNode node, RelationChanges& changes) {
  create_table(node["base"], changes);
}

void create_table_as(TreeNode node, RelationChanges& changes) {
  make(node["into"]["rel"], node, changes);
}

void select_into(TreeNode node, RelationChanges& changes) {
  if (const TreeNode into = node["intoClause"]) make(into["rel"], node, changes);
}

void create_view(TreeNode node, RelationChanges& changes) {
  if (!node["replace"].is_true()) make(node["view"], node, changes);
}

void create_sequence(TreeNode node, RelationChanges& changes) {
  make(node["sequence"], node, changes);
}

void create_index(TreeNode node, RelationChanges& changes) {
  const TreeNode table = node["relation"];
  const std::string_view name = node["idxname"].text();
  if (name.empty()) return;
  // An index is made in the schema of its table.
  changes.made.push_back({.name = {.schema = name_of(table).schema, .name = std::string(name)},
                          .unless_there = node["if_not_exists"].is_true(),
                          .table = name_of(table)});
}

void create_schema(TreeNode node, RelationChanges& changes) {
  std::string name(node["schemaname"].text());
  if (name.empty()) name = node["authrole"]["rolename"].text();
  for (const TreeNode element : node["schemaElts"]) {
    RelationChanges inside = relation_changes(element);
    for (RelationChanges::Made& made : inside.made) {
      if (made.name.schema.empty()) made.name.schema = name;
      if (!made.table.name.empty() && made.table.schema.empty()) made.table.schema = name;
      changes.made.push_back(std::move(made));
    }
  }
  if (!node["if_not_exists"].is_true()) changes.made_schemas.push_back(std::move(name));
}

void drop(TreeNode node, RelationChanges& changes) {
  const std::string_view object = node["removeType"].text();
  for (const TreeNode item : node["objects"]) {
    if (object == "OBJECT_SCHEMA")
      changes.dropped_schemas.emplace_back(item["String"]["sval"].text());
    else if (is_relation(object))
      changes.dropped.push_back(name_in(item["List"]["items"]));
  }
}

void rename(TreeNode node, RelationChanges& changes) {
  const std::string_view object = node["renameType"].text();
  std::string name(node["newname"].text());
  if (object == "OBJECT_SCHEMA") {
    changes.renamed_schemas.emplace_back(node["subname"].text(), std::move(name));
  } else if (is_relation(object)) {
    ObjectName old = name_of(node["relation"]);
    ObjectName renamed{.schema = old.schema, .name = std::move(name)};
    changes.renamed.emplace_back(std::move(old), std::move(renamed));
  }
}

void move(TreeNode node, RelationChanges& changes) {
  if (!is_relation(node["objectType"].text())) return;
  ObjectName old = name_of(node["relation"]);
  ObjectName moved{.schema = std::string(node["newschema"].text()), .name = old.name};
  changes.renamed.emplace_back(std::move(old), std::move(moved));
}

void set(TreeNode node, RelationChanges& changes) {
  if (node["name"].text() != "search_path" && node["kind"].text() != "VAR_RESET_ALL") return;
  if (node["kind"].text() != "VAR_SET_VALUE") {
    changes.resets_search_path = true;
    return;
  }
  changes.search_path = node["args"].inner()["A_Const"]["sval"]["sval"].text();
}

struct Rule {
  std::string_view node;
  void (*look)(TreeNode node, RelationChanges& changes);
};

constexpr auto kRules = std::to_array<Rule>({
    {"AlterObjectSchemaStmt", move},
    {"CreateForeignTableStmt", create_foreign_table},
    {"CreateSchemaStmt", create_schema},
    {"CreateSeqStmt", create_sequence},
    {"CreateStmt", create_table},
    {"CreateTableAsStmt", create_table_as},
    {"DropStmt", drop},
    {"IndexStmt", create_index},
    {"RenameStmt", rename},
    {"SelectStmt", select_into},
    {"VariableSetStmt", set},
    {"ViewStmt", create_view},
});

}  // namespace

RelationChanges relation_changes(TreeNode tree) {
  RelationChanges changes;
  const auto rule = std::ranges::find(kRules, tree.type(), &Rule::node);
  if (rule != kRules.end()) rule->look(tree.inner(), changes);
  return changes;
}

}  // namespace migrator
