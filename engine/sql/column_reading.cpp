#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "engine/sql/action_reading.h"
#include "engine/sql/tree_reading.h"

namespace migrator {
namespace {

struct Spelling {
  std::string_view name;
  std::string_view people;
};

constexpr auto kSpellings = std::to_array<Spelling>({{"int2", "smallint"},
                                                     {"int4", "integer"},
                                                     {"int8", "bigint"},
                                                     {"bool", "boolean"},
                                                     {"float4", "real"},
                                                     {"float8", "double precision"},
                                                     {"bpchar", "char"}});

constexpr auto kSerials = std::to_array<std::string_view>(
    {"serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"});

bool is_null(TreeNode expression) {
  if (const TreeNode cast = expression["TypeCast"]) return is_null(cast["arg"]);
  return expression["A_Const"]["isnull"].is_true();
}

/// The column of a bare reference, else "".
std::string column_in(TreeNode expression) {
  const TreeNode reference = expression["ColumnRef"];
  return reference ? std::string(reference["fields"].last()["String"]["sval"].text()) : "";
}

bool is_true_constant(TreeNode expression) {
  return expression["A_Const"]["boolval"]["boolval"].is_true();
}

/// Columns that cannot be NULL where the expression is true: a IS NOT NULL AND ..., NOT (a IS
/// NULL), (a IS NOT NULL) = true.
void add_proofs(TreeNode expression, std::vector<std::string>& columns) {
  if (const TreeNode test = expression["NullTest"]) {
    const std::string column = column_in(test["arg"]);
    if (test["nulltesttype"].text() == "IS_NOT_NULL" && !column.empty()) columns.push_back(column);
  } else if (const TreeNode all = expression["BoolExpr"]) {
    const std::string_view operation = all["boolop"].text();
    if (operation == "AND_EXPR")
      for (const TreeNode part : all["args"]) add_proofs(part, columns);
    if (operation != "NOT_EXPR") return;
    const TreeNode denied = all["args"].inner()["NullTest"];
    const std::string column = column_in(denied["arg"]);
    if (denied["nulltesttype"].text() == "IS_NULL" && !column.empty()) columns.push_back(column);
  } else if (const TreeNode comparison = expression["A_Expr"]) {
    if (name_in(comparison["name"]).name == "=" && is_true_constant(comparison["rexpr"]))
      add_proofs(comparison["lexpr"], columns);
  }
}

ConstraintKind kind_of(std::string_view contype) {
  if (contype == "CONSTR_FOREIGN") return ConstraintKind::foreign_key;
  if (contype == "CONSTR_UNIQUE") return ConstraintKind::unique;
  if (contype == "CONSTR_PRIMARY") return ConstraintKind::primary_key;
  if (contype == "CONSTR_EXCLUSION") return ConstraintKind::exclusion;
  return ConstraintKind::check;
}

void read_details(TreeNode constraint, ConstraintFacts& facts) {
  switch (facts.kind) {
    case ConstraintKind::check:
      facts.columns = expression_of(constraint["raw_expr"]).columns;
      add_proofs(constraint["raw_expr"], facts.proves_not_null);
      break;
    case ConstraintKind::foreign_key:
      facts.columns = texts_of(constraint["fk_attrs"]);
      facts.refers_to = name_of(constraint["pktable"]);
      facts.refers_to_columns = texts_of(constraint["pk_attrs"]);
      break;
    case ConstraintKind::exclusion:
      for (const TreeNode item : constraint["exclusions"])
        facts.columns.emplace_back(item["List"]["items"].inner()["IndexElem"]["name"].text());
      break;
    default:
      facts.columns = texts_of(constraint["keys"]);
  }
}

void read_column_constraint(TreeNode constraint, ColumnFacts& column) {
  const std::string_view kind = constraint["contype"].text();
  if (kind == "CONSTR_NOTNULL") column.not_null = true;
  if (kind == "CONSTR_IDENTITY") column.identity = column.not_null = true;
  if (kind == "CONSTR_GENERATED") column.stored = true;
  if (kind == "CONSTR_DEFAULT" && !is_null(constraint["raw_expr"])) {
    column.has_default = true;
    column.default_value = expression_of(constraint["raw_expr"]);
  }
  ConstraintFacts facts;
  if (!read_constraint(constraint, facts)) return;
  if (facts.kind != ConstraintKind::check) facts.columns = {column.name};
  if (facts.kind == ConstraintKind::primary_key) column.not_null = true;
  column.constraints.push_back(std::move(facts));
}

}  // namespace

std::string to_text(const TypeFacts& type) {
  const auto known = std::ranges::find(kSpellings, type.name.name, &Spelling::name);
  const bool builtin = type.name.schema.empty() && known != kSpellings.end();
  std::string text = builtin ? std::string(known->people) : to_text(type.name);
  if (!type.modifiers.empty()) text += fmt::format("({})", fmt::join(type.modifiers, ","));
  return text + (type.array ? "[]" : "");
}

std::string_view to_text(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::check:
      return "CHECK";
    case ConstraintKind::foreign_key:
      return "FOREIGN KEY";
    case ConstraintKind::unique:
      return "UNIQUE";
    case ConstraintKind::primary_key:
      return "PRIMARY KEY";
    case ConstraintKind::exclusion:
      return "EXCLUDE";
  }
  return "";
}

std::vector<std::string> texts_of(TreeNode list) {
  std::vector<std::string> texts;
  for (const TreeNode item : list) texts.emplace_back(item["String"]["sval"].text());
  return texts;
}

TypeFacts type_of(TreeNode type_name) {
  TypeFacts type{.name = name_in(type_name["names"]), .array = bool(type_name["arrayBounds"])};
  if (type.name.schema == "pg_catalog") type.name.schema.clear();
  for (const TreeNode modifier : type_name["typmods"])
    type.modifiers.push_back(modifier["A_Const"]["ival"]["ival"].number());
  // char without a length is char(1); interval's modifiers begin with its fields.
  return type;
}

ExpressionFacts expression_of(TreeNode expression) {
  ExpressionFacts facts;
  for (const TreeNode call : expression.all("FuncCall"))
    facts.calls.push_back(name_in(call["funcname"]));
  for (const TreeNode reference : expression.all("ColumnRef"))
    facts.columns.emplace_back(reference["fields"].last()["String"]["sval"].text());
  return facts;
}

bool read_constraint(TreeNode constraint, ConstraintFacts& facts) {
  const std::string_view kind = constraint["contype"].text();
  facts.kind = kind_of(kind);
  if (facts.kind == ConstraintKind::check && kind != "CONSTR_CHECK") return false;
  facts.name = constraint["conname"].text();
  facts.not_valid = constraint["skip_validation"].is_true();
  facts.using_index = constraint["indexname"].text();
  read_details(constraint, facts);
  return true;
}

ColumnFacts column_of(TreeNode column_def) {
  ColumnFacts column{.name = std::string(column_def["colname"].text()),
                     .type = type_of(column_def["typeName"])};
  const ObjectName& type = column.type.name;
  column.serial = type.schema.empty() && std::ranges::find(kSerials, type.name) != kSerials.end();
  if (column.serial) column.not_null = true;
  for (const TreeNode node : column_def["constraints"])
    read_column_constraint(node["Constraint"], column);
  return column;
}

QueryFacts query_of(TreeNode query) {
  QueryFacts facts;
  const auto add_source = [&](TreeNode table) {
    const TreeNode alias = table["alias"]["aliasname"];
    facts.sources.push_back(
        {name_of(table), std::string(alias ? alias.text() : table["relname"].text())});
  };
  for (const TreeNode table : query.all("RangeVar")) add_source(table);
  for (const TreeNode reference : query.all("ColumnRef")) {
    const TreeNode fields = reference["fields"];
    QueryFacts::Column column{.name = std::string(fields.last()["String"]["sval"].text())};
    if (fields.size() > 1) column.source = name_in(fields, 1).name;
    facts.columns.push_back(std::move(column));
  }
  return facts;
}

}  // namespace migrator
