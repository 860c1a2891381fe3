#include "engine/sql/added_column.h"

#include <algorithm>
#include <array>

#include "engine/sql/tree_reading.h"

namespace migrator {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

// Of PostgreSQL itself and of uuid-ossp, with provolatile = 'v'.
constexpr auto kVolatile = std::to_array<std::string_view>(
    {"clock_timestamp", "currval", "gen_random_bytes", "gen_random_uuid", "lastval", "nextval",
     "random", "random_normal", "setval", "timeofday", "uuid_generate_v1", "uuid_generate_v1mc",
     "uuid_generate_v4", "uuidv4", "uuidv7"});

// What defaults are commonly made of, with provolatile = 's' or 'i'.
constexpr auto kSteady = std::to_array<std::string_view>({"abs",
                                                          "array_fill",
                                                          "ceil",
                                                          "char_length",
                                                          "concat",
                                                          "current_database",
                                                          "current_schema",
                                                          "current_setting",
                                                          "date",
                                                          "date_part",
                                                          "date_trunc",
                                                          "decode",
                                                          "encode",
                                                          "extract",
                                                          "floor",
                                                          "format",
                                                          "hstore",
                                                          "json_build_array",
                                                          "json_build_object",
                                                          "jsonb_build_array",
                                                          "jsonb_build_object",
                                                          "left",
                                                          "length",
                                                          "lower",
                                                          "lpad",
                                                          "make_date",
                                                          "make_interval",
                                                          "make_time",
                                                          "make_timestamp",
                                                          "make_timestamptz",
                                                          "md5",
                                                          "now",
                                                          "repeat",
                                                          "replace",
                                                          "right",
                                                          "round",
                                                          "rpad",
                                                          "statement_timestamp",
                                                          "string_to_array",
                                                          "substring",
                                                          "timezone",
                                                          "to_char",
                                                          "to_date",
                                                          "to_json",
                                                          "to_jsonb",
                                                          "to_number",
                                                          "to_timestamp",
                                                          "to_tsvector",
                                                          "transaction_timestamp",
                                                          "trunc",
                                                          "upper",
                                                          "uuid_nil"});

// Types of PostgreSQL and of common extensions; a type that is not here may be a domain.
constexpr auto kTypes = std::to_array<std::string_view>({"aclitem",
                                                         "bit",
                                                         "bool",
                                                         "box",
                                                         "bpchar",
                                                         "bytea",
                                                         "char",
                                                         "cid",
                                                         "cidr",
                                                         "circle",
                                                         "citext",
                                                         "date",
                                                         "datemultirange",
                                                         "daterange",
                                                         "float4",
                                                         "float8",
                                                         "geography",
                                                         "geometry",
                                                         "halfvec",
                                                         "hstore",
                                                         "inet",
                                                         "int2",
                                                         "int4",
                                                         "int4multirange",
                                                         "int4range",
                                                         "int8",
                                                         "int8multirange",
                                                         "int8range",
                                                         "interval",
                                                         "json",
                                                         "jsonb",
                                                         "jsonpath",
                                                         "line",
                                                         "lseg",
                                                         "ltree",
                                                         "macaddr",
                                                         "macaddr8",
                                                         "money",
                                                         "name",
                                                         "numeric",
                                                         "nummultirange",
                                                         "numrange",
                                                         "oid",
                                                         "path",
                                                         "pg_lsn",
                                                         "pg_snapshot",
                                                         "point",
                                                         "polygon",
                                                         "refcursor",
                                                         "regclass",
                                                         "regcollation",
                                                         "regconfig",
                                                         "regdictionary",
                                                         "regnamespace",
                                                         "regoper",
                                                         "regoperator",
                                                         "regproc",
                                                         "regprocedure",
                                                         "regrole",
                                                         "regtype",
                                                         "text",
                                                         "tid",
                                                         "time",
                                                         "timestamp",
                                                         "timestamptz",
                                                         "timetz",
                                                         "tsmultirange",
                                                         "tsquery",
                                                         "tsrange",
                                                         "tstzmultirange",
                                                         "tstzrange",
                                                         "tsvector",
                                                         "txid_snapshot",
                                                         "uuid",
                                                         "varbit",
                                                         "varchar",
                                                         "vector",
                                                         "xid",
                                                         "xid8",
                                                         "xml"});

constexpr auto kSerials = std::to_array<std::string_view>(
    {"serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"});

bool is_builtin(std::string_view schema) {
  return schema.empty() || schema == "pg_catalog";
}

/// Whether an expression may give another value for each row.
Answer is_volatile(TreeNode expression) {
  Answer answer = Answer::no;
  for (const TreeNode call : expression.all("FuncCall")) {
    const ObjectName function = name_in(call["funcname"]);
    if (is_builtin(function.schema) && is_one_of(function.name, kVolatile)) return Answer::yes;
    if (!is_builtin(function.schema) || !is_one_of(function.name, kSteady))
      answer = Answer::perhaps;
  }
  return answer;
}

bool may_be_domain(TreeNode type) {
  if (type["arrayBounds"]) return false;  // the constraints of a domain do not reach so far
  const ObjectName name = name_in(type["names"]);
  return name.schema != "pg_catalog" && !(name.schema.empty() && is_one_of(name.name, kTypes));
}

void add_rewrite(Answer answer, const char* why, AddedColumn& added) {
  added.rewrite.merge({answer, why});
  added.scan.merge(answer);
}

bool is_null(TreeNode expression) {
  return expression["A_Const"]["isnull"].is_true();
}

void look_at_default(TreeNode expression, AddedColumn& added) {
  const Answer answer = is_volatile(expression);
  if (answer == Answer::yes) add_rewrite(answer, "the default is volatile", added);
  if (answer == Answer::perhaps) add_rewrite(answer, "if the default is volatile", added);
}

}  // namespace

AddedColumn added_column(TreeNode column) {
  AddedColumn added;
  bool has_default = false;
  bool not_null = false;
  bool refers = false;
  const TreeNode type = column["typeName"];
  const ObjectName type_name = name_in(type["names"]);
  if (type_name.schema.empty() && is_one_of(type_name.name, kSerials)) {
    add_rewrite(Answer::yes, "each row gets a number", added);
    has_default = true;
  } else if (may_be_domain(type)) {
    add_rewrite(Answer::perhaps, "if its type is a domain with a constraint", added);
  }
  for (const TreeNode node : column["constraints"]) {
    const TreeNode constraint = node["Constraint"];
    const std::string_view kind = constraint["contype"].text();
    if (kind == "CONSTR_DEFAULT" && !is_null(constraint["raw_expr"])) {
      look_at_default(constraint["raw_expr"], added);
      has_default = true;
    } else if (kind == "CONSTR_IDENTITY") {
      add_rewrite(Answer::yes, "each row gets a number", added);
      has_default = true;
    } else if (kind == "CONSTR_GENERATED") {
      add_rewrite(Answer::yes, "the column is computed and stored", added);
      has_default = true;
    } else if (kind == "CONSTR_NOTNULL") {
      not_null = true;
    } else if (kind == "CONSTR_FOREIGN") {
      refers = true;
    } else if (kind == "CONSTR_CHECK" || kind == "CONSTR_UNIQUE" || kind == "CONSTR_PRIMARY") {
      added.scan.merge(Answer::yes);
    }
  }
  // Nothing that is null has to be looked up; a row without a value breaks NOT NULL.
  if ((not_null && !has_default) || (refers && has_default)) added.scan.merge(Answer::yes);
  return added;
}

bool may_be_volatile(const ObjectName& function) {
  return !is_builtin(function.schema) || !is_one_of(function.name, kSteady);
}

}  // namespace migrator
