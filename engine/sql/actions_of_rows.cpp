#include <algorithm>
#include <map>

#include "engine/base/text.h"
#include "engine/sql/action_reading.h"
#include "engine/sql/tree_reading.h"

namespace migrator {
namespace {

std::vector<std::string> assigned(TreeNode targets) {
  std::vector<std::string> names;
  for (const TreeNode target : targets) {
    const TreeNode result = target["ResTarget"];
    // a.b = 1 and a[1] = 1 assign parts: more than one of them may stand there.
    if (!result["indirection"]) names.emplace_back(result["name"].text());
  }
  return names;
}

bool is_constant(TreeNode where) {
  if (!where || where["A_Const"]) return true;
  // 1 = 1
  const TreeNode comparison = where["A_Expr"];
  return comparison && comparison["lexpr"]["A_Const"] && comparison["rexpr"]["A_Const"];
}

Action change(TreeNode node, std::string_view what) {
  // USING and FROM narrow it down as WHERE does, where they join with one.
  return {.kind = ActionKind::change_rows,
          .name = name_of(node["relation"]),
          .object = "TABLE",
          .what = std::string(what),
          .keys = assigned(node["targetList"]),
          .everywhere = is_constant(node["whereClause"])};
}

/// UPDATE and DELETE in WITH.
void read_inner_changes(TreeNode node, Actions& actions) {
  for (const TreeNode query : node.all("CommonTableExpr")) {
    const TreeNode inner = query["ctequery"];
    if (inner.type() == "UpdateStmt") actions.push_back(change(inner.inner(), "UPDATE"));
    if (inner.type() == "DeleteStmt") actions.push_back(change(inner.inner(), "DELETE"));
  }
}

void read_settings_calls(TreeNode node, Actions& actions) {
  for (const TreeNode call : node.all("FuncCall")) {
    if (name_in(call["funcname"]).name != "set_config") continue;
    std::vector<TreeNode> args;
    for (const TreeNode arg : call["args"]) args.push_back(arg);
    if (args.size() != 3) continue;
    Action action{.kind = ActionKind::set_value, .what = "set_config"};
    action.name.name = to_lower_ascii(args[0]["A_Const"]["sval"]["sval"].text());
    action.value = args[1]["A_Const"]["sval"]["sval"].text();
    action.local = args[2]["A_Const"]["boolval"]["boolval"].is_true();
    actions.push_back(std::move(action));
  }
}

std::string value_of(TreeNode argument) {
  const TreeNode constant = argument["A_Const"];
  if (const TreeNode text = constant["sval"]) return std::string(text["sval"].text());
  if (const TreeNode number = constant["ival"]) return std::to_string(number["ival"].number());
  if (const TreeNode number = constant["fval"]) return std::string(number["fval"].text());
  return "?";
}

}  // namespace

void read_insert(TreeNode node, Actions& actions) {
  const TreeNode select = node["selectStmt"]["SelectStmt"];
  Action action{.kind = ActionKind::insert_rows,
                .name = name_of(node["relation"]),
                .object = "TABLE",
                .what = "INSERT"};
  action.with_values = !select || bool(select["valuesLists"]) || !select["fromClause"];
  action.query = query_of(node["selectStmt"]);
  action.expression = expression_of(node["selectStmt"]);
  actions.push_back(std::move(action));
  read_inner_changes(node, actions);
}

void read_update(TreeNode node, Actions& actions) {
  Action action = change(node, "UPDATE");
  action.expression = expression_of(node["targetList"]);
  actions.push_back(std::move(action));
  read_inner_changes(node, actions);
}

void read_delete(TreeNode node, Actions& actions) {
  actions.push_back(change(node, "DELETE"));
  read_inner_changes(node, actions);
}

void read_copy(TreeNode node, Actions& actions) {
  if (!node["is_from"].is_true()) return;
  actions.push_back({.kind = ActionKind::copy_rows,
                     .name = name_of(node["relation"]),
                     .object = "TABLE",
                     .what = node["filename"] ? "COPY FROM FILE" : "COPY FROM STDIN"});
}

void read_select(TreeNode node, Actions& actions) {
  if (const TreeNode into = node["intoClause"])
    actions.push_back({.kind = ActionKind::create_table_as,
                       .name = name_of(into["rel"]),
                       .object = "TABLE",
                       .query = query_of(node),
                       .temporary = into["rel"]["relpersistence"].text() == "t"});
  read_settings_calls(node, actions);
  Action action{.kind = ActionKind::query, .what = "SELECT"};
  for (const TreeNode call : node.all("FuncCall"))
    action.expression.calls.push_back(name_in(call["funcname"]));
  actions.push_back(std::move(action));
  read_inner_changes(node, actions);
}

void read_create_table_as(TreeNode node, Actions& actions) {
  const TreeNode into = node["into"];
  const bool materialized = node["objtype"].text() == "OBJECT_MATVIEW";
  Action action{.kind = materialized ? ActionKind::create_view : ActionKind::create_table_as,
                .name = name_of(into["rel"]),
                .object = materialized ? "MATVIEW" : "TABLE",
                .query = query_of(node["query"]),
                .if_exists = node["if_not_exists"].is_true(),
                .temporary = into["rel"]["relpersistence"].text() == "t",
                .no_data = into["skipData"].is_true()};
  actions.push_back(std::move(action));
}

void read_code(TreeNode node, Actions& actions) {
  Action action{.kind = ActionKind::run_code, .what = "DO"};
  for (const TreeNode item : node["args"]) {
    const TreeNode element = item["DefElem"];
    if (element["defname"].text() == "as") action.value = element["arg"]["String"]["sval"].text();
  }
  actions.push_back(std::move(action));
}

void read_call(TreeNode node, Actions& actions) {
  Action action{.kind = ActionKind::run_code, .what = "CALL"};
  action.expression.calls = {name_in(node["funccall"]["funcname"])};
  actions.push_back(std::move(action));
}

void read_set(TreeNode node, Actions& actions) {
  Action action{.kind = ActionKind::set_value, .what = "SET", .local = node["is_local"].is_true()};
  action.name.name = to_lower_ascii(node["name"].text());
  const std::string_view kind = node["kind"].text();
  if (kind != "VAR_SET_VALUE") action.what = "RESET";
  if (kind == "VAR_SET_MULTI") action.what = "SET TRANSACTION";
  action.value = value_of(node["args"].inner());
  actions.push_back(std::move(action));
}

void read_transaction(TreeNode node, Actions& actions) {
  static const std::map<std::string_view, std::string_view> kWords{
      {"TRANS_STMT_BEGIN", "BEGIN"},     {"TRANS_STMT_START", "BEGIN"},
      {"TRANS_STMT_COMMIT", "COMMIT"},   {"TRANS_STMT_ROLLBACK", "ROLLBACK"},
      {"TRANS_STMT_PREPARE", "PREPARE"}, {"", "BEGIN"}};
  const auto word = kWords.find(node["kind"].text());
  if (word == kWords.end()) return;
  actions.push_back({.kind = ActionKind::transaction, .what = std::string(word->second)});
}

}  // namespace migrator
