#include "engine/lint/safe_way.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/lint/batches.h"
#include "engine/lint/statement_text.h"
#include "engine/sql/sql_name.h"

namespace migrator {
namespace {

constexpr std::string_view kNext = "-- next file\n";
constexpr std::string_view kBatches = "-- next file, batch by batch\n";

/// What the ways are put together from.
struct Case {
  const Situation& now;
  const Action& action;
  StatementText text;

  std::string table() const { return sql_name(action.name); }
  const KnownRelation* known() const { return now.model.find(action.name); }
  bool is_alone() const { return now.actions.size() == 1; }
  std::string whole() const { return std::string(now.sql); }
};

std::string listed(const std::vector<std::string>& columns) {
  std::string list;
  for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + sql_name(column);
  return list;
}

/// The first constraint of a kind that the action adds.
const ConstraintFacts* added(const Action& action, ConstraintKind kind) {
  const std::vector<ConstraintFacts>& all = action.kind == ActionKind::add_column
                                                ? action.columns.front().constraints
                                                : action.constraints;
  const auto found = std::ranges::find(all, kind, &ConstraintFacts::kind);
  return found == all.end() ? nullptr : &*found;
}

std::string name_of(const Case& of, const ConstraintFacts& facts) {
  return sql_name(constraint_name(of.action.name, facts));
}

/// The rows for which that is still to be done, some thousand of them.
std::string a_batch(const Case& of, const std::string& todo) {
  return batch_of({of.table(), of.known()}, todo);
}

/// The column by itself, without what it is that costs.
enum class Default { kept, left_out };
std::string plain_column(const Case& of, Default wanted) {
  if (of.action.kind != ActionKind::add_column) return {};
  const ColumnFacts& column = of.action.columns.front();
  std::string sql = fmt::format("alter table {} add column {} {}", of.table(),
                                sql_name(column.name), to_text(column.type));
  if (wanted == Default::kept && column.has_default)
    sql += fmt::format("{} {}", column.not_null ? " not null" : "",
                       of.text.clause(of.text.find({"default"})));
  return sql + ";\n";
}

/// Whose default of several it is, the text does not tell.
bool is_unclear(const Case& of) {
  const bool has_default =
      of.action.kind == ActionKind::add_column && of.action.columns.front().has_default;
  return has_default && !of.is_alone();
}

std::string validated(const Case& of, const std::string& name) {
  return fmt::format("{}alter table {} validate constraint {};", kNext, of.table(), name);
}

/// NOT NULL by way of a CHECK, which is dropped again.
std::string not_null(const Case& of, const std::string& column) {
  const std::string check = sql_name(of.action.name.name + "_" + column + "_not_null");
  const std::string table = of.table();
  return fmt::format(
      "alter table {0} add constraint {1} check ({2} is not null) not valid;\n{3}\n"
      "{4}alter table {0} alter column {2} set not null;\nalter table {0} drop constraint {1};",
      table, check, sql_name(column), validated(of, check), kNext);
}

std::string set_not_null(const Case& of) {
  return not_null(of, of.action.column);
}

std::string add_check(const Case& of) {
  const ConstraintFacts* facts = added(of.action, ConstraintKind::check);
  const std::size_t check = of.text.find({"check"});
  // Which of several it is, the text does not tell.
  if (!facts || of.text.find({"check"}, check + 1) < of.text.size()) return {};
  if (is_unclear(of)) return {};
  const std::string name = name_of(of, *facts);
  return fmt::format("{}alter table {} add constraint {} check {} not valid;\n{}",
                     plain_column(of, Default::kept), of.table(), name, of.text.parentheses(check),
                     validated(of, name));
}

std::string add_foreign_key(const Case& of) {
  const ConstraintFacts* facts = added(of.action, ConstraintKind::foreign_key);
  const std::size_t references = of.text.find({"references"});
  if (!facts || of.text.find({"references"}, references + 1) < of.text.size()) return {};
  if (is_unclear(of)) return {};
  const std::string name = name_of(of, *facts);
  return fmt::format("{}alter table {} add constraint {} foreign key ({}) {} not valid;\n{}",
                     plain_column(of, Default::kept), of.table(), name, listed(facts->columns),
                     of.text.clause(references), validated(of, name));
}

std::string add_key(const Case& of, ConstraintKind kind) {
  const ConstraintFacts* facts = added(of.action, kind);
  if (!facts || is_unclear(of)) return {};
  const bool primary = kind == ConstraintKind::primary_key;
  const std::string name = name_of(of, *facts);
  std::string sql = plain_column(of, Default::kept);
  if (!sql.empty()) sql += kNext;
  sql += fmt::format("create unique index concurrently {} on {} ({});\n", name, of.table(),
                     listed(facts->columns));
  const KnownRelation* known = of.known();
  for (const std::string& column : facts->columns)
    if (primary && !(known && known->proves_not_null(column)))
      sql += fmt::format("{}{}\n", kNext, not_null(of, column));
  return sql + fmt::format("{}alter table {} add constraint {} {} using index {};", kNext,
                           of.table(), name, primary ? "primary key" : "unique", name);
}

std::string add_unique(const Case& of) {
  return add_key(of, ConstraintKind::unique);
}

std::string add_primary_key(const Case& of) {
  return add_key(of, ConstraintKind::primary_key);
}

std::string validate_later(const Case& of) {
  return fmt::format("{}alter table {} validate constraint {};", kNext, of.table(),
                     sql_name(of.action.column));
}

std::string create_index(const Case& of) {
  const KnownRelation* table = of.now.model.find(of.action.table);
  if (table && table->partitioned) return {};
  return of.text.with("concurrently", of.text.find({"index"})) + ";";
}

std::string without_if_not_exists(const Case& of) {
  return of.text.without(of.text.find({"if"}), 3) + ";";
}

std::string drop_index(const Case& of) {
  return fmt::format("drop index concurrently {}{};", of.action.if_exists ? "if exists " : "",
                     of.table());
}

std::string reindex(const Case& of) {
  const std::size_t kind = of.text.find({"index", "table", "schema", "database"});
  return kind < of.text.size() ? of.text.with("concurrently", kind) + ";" : "";
}

std::string refresh(const Case& of) {
  const KnownRelation* known = of.known();
  const bool has_key = known && std::ranges::any_of(known->indexes, &KnownIndex::unique);
  return (has_key ? "" : fmt::format("-- once {} has a unique index\n", of.table())) +
         of.text.with("concurrently", of.text.find({"view"})) + ";";
}

std::string detach(const Case& of) {
  return of.is_alone() ? of.whole() + " concurrently;" : "";
}

std::string volatile_default(const Case& of) {
  const std::size_t word = of.text.find({"default"});
  if (word == of.text.size() || !of.is_alone()) return {};
  const std::string column = sql_name(of.action.column);
  return fmt::format(
      "{0}alter table {1} alter column {2} set {3};\n{4}update {1} set {2} = default "
      "where {5};",
      plain_column(of, Default::left_out), of.table(), column, of.text.clause(word), kBatches,
      a_batch(of, column + " is null"));
}

std::string auto_increment(const Case& of) {
  const std::string column = sql_name(of.action.column);
  const ObjectName sequence{of.action.name.schema,
                            of.action.name.name + "_" + of.action.column + "_seq"};
  const std::string name = sql_name(sequence);
  return fmt::format(
      "create sequence {0};\nalter table {1} add column {2} bigint;\n"
      "alter table {1} alter column {2} set default nextval('{0}');\n"
      "alter sequence {0} owned by {1}.{2};\n"
      "{3}update {1} set {2} = default where {4};",
      name, of.table(), column, kBatches, a_batch(of, column + " is null"));
}

std::string required_column(const Case& of) {
  const std::string column = sql_name(of.action.column);
  return fmt::format(
      "{}-- then programs that write {}, and batches for the rows that are there\n{}"
      "{}",
      plain_column(of, Default::left_out), column, kNext, not_null(of, of.action.column));
}

std::string change_type(const Case& of) {
  if (of.action.computes) return {};
  const std::string fresh = sql_name(of.action.column + "_new");
  const std::string old = sql_name(of.action.column);
  const std::string type = to_text(of.action.type);
  const std::string trigger = sql_name(of.action.name.name + "_" + of.action.column + "_new");
  return fmt::format(
      "alter table {0} add column {1} {2};\n"
      "create function {3}() returns trigger language plpgsql\n"
      "  as $$ begin new.{1} := new.{4}::{2}; return new; end $$;\n"
      "create trigger {3} before insert or update on {0}\n"
      "  for each row execute function {3}();\n"
      "{5}update {0} set {1} = {4}::{2} where {6};\n"
      "{7}drop trigger {3} on {0};\ndrop function {3}();\n"
      "alter table {0} rename column {4} to {8};\nalter table {0} rename column {1} to {4};",
      of.table(), fresh, type, trigger, old, kBatches,
      a_batch(of, fmt::format("{} is distinct from {}::{}", fresh, old, type)), kNext,
      sql_name(of.action.column + "_old"));
}

std::string change_in_batches(const Case& of) {
  const bool deletes = of.action.what == "DELETE";
  // A DELETE begins with FROM.
  const std::size_t more =
      of.text.find({"where", "returning", "from", "using", "only"}, deletes ? 2 : 1);
  if (more < of.text.size() || !of.is_alone() || of.text.find({"with"}) == 0) return {};
  const KnownRelation* known = of.known();
  const ConstraintFacts* key = known ? known->primary_key() : nullptr;
  const bool moves_key = key && std::ranges::any_of(of.action.keys, [&](const std::string& column) {
                           return std::ranges::find(key->columns, column) != key->columns.end();
                         });
  if (moves_key) return {};
  const Batched rows{of.table(), known};
  return deletes ? delete_by_batches(rows, of.whole()) : update_by_batches(rows, of.whole());
}

std::string rename_table(const Case& of) {
  if (!of.is_alone() || of.action.object != "TABLE") return {};
  ObjectName renamed = of.action.new_name;
  if (renamed.schema.empty()) renamed.schema = of.action.name.schema;
  return fmt::format("{};\ncreate view {} as select * from {};", of.whole(), of.table(),
                     sql_name(renamed));
}

struct Way {
  std::string_view rule;
  std::string (*write)(const Case& of);
};

constexpr auto kWays = std::to_array<Way>({
    {"add-check-constraint", add_check},
    {"add-column-auto-increment", auto_increment},
    {"add-column-not-null-no-default", required_column},
    {"add-column-volatile-default", volatile_default},
    {"add-foreign-key", add_foreign_key},
    {"add-primary-key", add_primary_key},
    {"add-unique-constraint", add_unique},
    {"change-column-type", change_type},
    {"concurrent-if-not-exists", without_if_not_exists},
    {"create-index-not-concurrent", create_index},
    {"detach-partition-not-concurrent", detach},
    {"drop-index-concurrently-invalid", drop_index},
    {"drop-index-not-concurrent", drop_index},
    {"refresh-not-concurrent", refresh},
    {"reindex-not-concurrent", reindex},
    {"rename-table", rename_table},
    {"set-not-null", set_not_null},
    {"unbounded-update", change_in_batches},
    {"validate-in-same-transaction", validate_later},
});

}  // namespace

std::string safe_way(const Situation& now, const Complaint& complaint) {
  const auto way = std::ranges::find(kWays, complaint.rule, &Way::rule);
  if (way == kWays.end() || !complaint.action) return {};
  return way->write({now, *complaint.action, StatementText(now.sql)});
}

}  // namespace migrator
