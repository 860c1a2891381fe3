#include <fmt/format.h>

#include <algorithm>

#include "engine/lint/check.h"
#include "engine/sql/scanner.h"
#include "engine/sql/words.h"

namespace migrator {
namespace {

constexpr std::size_t kLongestName = 63;
constexpr std::size_t kWidestTable = 40;

bool is(const TypeFacts& type, std::string_view name) {
  return type.name.schema.empty() && type.name.name == name;
}

bool is_key(const ColumnFacts& column, std::span<const ConstraintFacts> constraints) {
  return std::ranges::any_of(constraints, [&](const ConstraintFacts& facts) {
    return facts.kind == ConstraintKind::primary_key &&
           std::ranges::find(facts.columns, column.name) != facts.columns.end();
  });
}

void check_key(const ColumnFacts& column, std::span<const ConstraintFacts> constraints,
               Complaints& out) {
  const bool narrow = is(column.type, "int4") || is(column.type, "int2") ||
                      is(column.type, "serial") || is(column.type, "serial4") ||
                      is(column.type, "smallserial") || is(column.type, "serial2");
  if (narrow && is_key(column, constraints))
    out.push_back({"prefer-bigint-key", fmt::format("the key {} is {}, which runs out",
                                                    name_text(column.name), to_text(column.type))});
  if (column.serial)
    out.push_back({"prefer-identity",
                   fmt::format("{} is {}; an identity column cannot be written by mistake and "
                               "needs no grant of its own",
                               name_text(column.name), to_text(column.type))});
}

void check_type(const ColumnFacts& column, Complaints& out) {
  const std::string what = fmt::format("{} is {}", name_text(column.name), to_text(column.type));
  if (is(column.type, "varchar") && !column.type.modifiers.empty())
    out.push_back({"prefer-text", what});
  if (is(column.type, "timestamp"))
    out.push_back({"prefer-timestamptz", what + ", which is no moment without a time zone"});
  if (is(column.type, "bpchar")) out.push_back({"no-char", what + ", which is padded with blanks"});
  if (is(column.type, "json"))
    out.push_back(
        {"prefer-jsonb", what + ", which has no equality: DISTINCT and UNION fail on it"});
  if (is(column.type, "text") || (is(column.type, "varchar") && column.type.modifiers.empty()))
    out.push_back({"unbounded-text", what + " of any length"});
  if (is(column.type, "bool") && !column.not_null)
    out.push_back({"nullable-boolean", name_text(column.name) + " has three values"});
}

void check_names(const Action& action, Complaints& out) {
  const auto plain = [](const std::string& name) {
    return std::ranges::all_of(
        name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
  };
  if (!plain(action.name.name))
    out.push_back(
        {"naming", fmt::format("{} has to be quoted wherever it is used", to_text(action.name))});
  if (action.name.schema.empty() && !action.temporary)
    out.push_back({"require-schema", fmt::format("where {} is made is for search_path to say",
                                                 to_text(action.name))});
}

std::size_t alignment_of(const TypeFacts& type) {
  for (const char* eight : {"int8", "float8", "timestamp", "timestamptz", "bigserial", "serial8"})
    if (is(type, eight)) return 8;
  for (const char* four : {"int4", "float4", "date", "serial"})
    if (is(type, four)) return 4;
  return is(type, "int2") ? 2 : is(type, "bool") ? 1 : 0;
}

void check_table(const Action& action, Complaints& out) {
  check_names(action, out);
  const bool keyed = std::ranges::any_of(action.constraints, [](const ConstraintFacts& facts) {
    return facts.kind == ConstraintKind::primary_key;
  });
  if (!keyed && !action.temporary && !action.computes)
    out.push_back(
        {"table-without-primary-key", fmt::format("{} has no primary key", to_text(action.name))});
  if (action.columns.size() > kWidestTable)
    out.push_back({"wide-table",
                   fmt::format("{} has {} columns", to_text(action.name), action.columns.size())});
  std::size_t before = 0;
  for (const ColumnFacts& column : action.columns) {
    const std::size_t alignment = alignment_of(column.type);
    if (alignment == 8 && before > 0 && before < 8) {
      out.push_back({"column-alignment",
                     fmt::format("{} stands behind a narrower column, and is padded in each row",
                                 name_text(column.name))});
      break;
    }
    before = alignment;
  }
}

bool starts_with(const std::vector<std::string>& keys, const std::vector<std::string>& columns) {
  return keys.size() >= columns.size() && std::equal(columns.begin(), columns.end(), keys.begin());
}

/// An index of the table, or one that the statement makes.
bool is_indexed(const Situation& now, const Action& action,
                const std::vector<std::string>& columns) {
  const KnownRelation* known = now.model.find(action.name);
  if (known && has_index(*known, columns)) return true;
  return std::ranges::any_of(action.constraints, [&](const ConstraintFacts& facts) {
    const bool indexed =
        facts.kind == ConstraintKind::unique || facts.kind == ConstraintKind::primary_key;
    return indexed && starts_with(facts.columns, columns);
  });
}

void check_constraint(const Situation& now, const Action& action, const ConstraintFacts& facts,
                      Complaints& out) {
  if (facts.name.empty() && facts.using_index.empty())
    out.push_back({"unnamed-constraint", fmt::format("a {} constraint of {} has no name of its own",
                                                     to_text(facts.kind), to_text(action.name))});
  if (facts.kind == ConstraintKind::foreign_key && !facts.columns.empty() &&
      !is_indexed(now, action, facts.columns))
    out.push_back(
        {.rule = "fk-without-index",
         .message = fmt::format("no index of {} begins with {}: each DELETE in {} reads all of it",
                                to_text(action.name), name_text(facts.columns.front()),
                                to_text(facts.refers_to)),
         .unless = Excuse{.table = now.model.resolve(action.name), .columns = facts.columns}});
}

void check_long_names(const Situation& now, Complaints& out) {
  for (Scanner scanner(now.sql); !scanner.at_end();) {
    const Token token = scanner.next();
    if (token.kind != TokenKind::word && token.kind != TokenKind::quoted_name) continue;
    const std::string name = token.kind == TokenKind::word ? std::string(text_of(now.sql, token))
                                                           : unquoted(now.sql, token);
    if (name.size() > kLongestName)
      return out.push_back(
          {"identifier-too-long",
           fmt::format("{}... has {} bytes, and is cut to 63", name.substr(0, 20), name.size())});
  }
}

void check_index(const Action& action, Complaints& out) {
  constexpr std::size_t kFew = 3;
  if (action.keys.size() > kFew)
    out.push_back({"wide-index", fmt::format("the index has {} key columns", action.keys.size())});
  if (action.method == "hash") out.push_back({"hash-index", "the index is of the method hash"});
}

}  // namespace

bool has_index(const KnownRelation& table, const std::vector<std::string>& columns) {
  return std::ranges::any_of(
      table.indexes, [&](const KnownIndex& index) { return starts_with(index.keys, columns); });
}

void check_design(const Situation& now, const Action& action, Complaints& out) {
  if (&action == &now.actions.front()) check_long_names(now, out);
  const bool makes_columns =
      action.kind == ActionKind::create_table || action.kind == ActionKind::add_column;
  if (makes_columns)
    for (const ColumnFacts& column : action.columns) {
      const std::span<const ConstraintFacts> constraints =
          action.kind == ActionKind::create_table ? action.constraints : column.constraints;
      check_key(column, constraints, out);
      check_type(column, out);
      if (action.kind == ActionKind::add_column)
        for (const ConstraintFacts& facts : column.constraints)
          check_constraint(now, action, facts, out);
    }
  for (const ConstraintFacts& facts : action.constraints) check_constraint(now, action, facts, out);
  switch (action.kind) {
    case ActionKind::create_table:
      return check_table(action, out);
    case ActionKind::create_index:
      return check_index(action, out);
    case ActionKind::create_enum:
      return out.push_back({"create-enum", "labels of an enum can be added, never removed"});
    case ActionKind::create_domain:
      if (action.computes)
        out.push_back({"create-domain-with-constraint",
                       "a column of it that is added later rewrites its table"});
      return;
    case ActionKind::create_extension:
      return out.push_back({"create-extension", "it may need rights that a migration lacks"});
    case ActionKind::add_label:
      if (!action.only)
        out.push_back(
            {"enum-value-ordering", fmt::format("'{}' sorts behind all others", action.value)});
      return;
    default:
      return;
  }
}

}  // namespace migrator
