// What actions change in a SchemaModel.
#include <algorithm>

#include "engine/lint/schema_model.h"

namespace migrator {
namespace {

constexpr std::string_view kDefaultSchema = "public";
constexpr std::string_view kTemporary = "pg_temp";

void erase_column(KnownRelation& table, const std::string& name) {
  std::erase_if(table.columns, [&](const KnownColumn& column) { return column.name == name; });
  const auto uses = [&](const auto& thing, const std::vector<std::string>& columns) {
    (void)thing;
    return std::ranges::find(columns, name) != columns.end();
  };
  std::erase_if(table.constraints,
                [&](const ConstraintFacts& facts) { return uses(facts, facts.columns); });
  std::erase_if(table.indexes, [&](const KnownIndex& index) { return uses(index, index.keys); });
}

void rename_in(std::vector<std::string>& names, const std::string& from, const std::string& to) {
  std::ranges::replace(names, from, to);
}

void rename_column(KnownRelation& table, const std::string& from, const std::string& to) {
  for (KnownColumn& column : table.columns)
    if (column.name == from) column.name = to;
  for (ConstraintFacts& facts : table.constraints) {
    rename_in(facts.columns, from, to);
    rename_in(facts.proves_not_null, from, to);
  }
  for (KnownIndex& index : table.indexes) rename_in(index.keys, from, to);
  rename_in(table.partition_keys, from, to);
}

}  // namespace

void SchemaModel::apply(const Action& action) {
  switch (action.kind) {
    case ActionKind::create_table:
    case ActionKind::create_table_as:
    case ActionKind::create_view:
      return make(action);
    case ActionKind::create_other:
      if (action.object == "SEQUENCE" && !action.if_exists) make(action);
      return;
    case ActionKind::create_index:
      return make_index(action);
    case ActionKind::create_domain:
      domains_[resolve(action.name)] = {.base = action.type, .constrained = action.computes};
      types_[resolve(action.name)] = now();
      return;
    case ActionKind::create_enum:
      types_[resolve(action.name)] = now();
      return;
    case ActionKind::alter_domain:
      if (const auto known = domains_.find(resolve(action.name));
          known != domains_.end() && !action.what.empty())
        known->second.constrained = true;
      return;
    case ActionKind::create_function:
      functions_[resolve(action.name)] = {.is_volatile = action.is_volatile, .body = action.value};
      return;
    case ActionKind::create_schema:
      if (!action.if_exists) schemas_[action.name.name] = now();
      return;
    case ActionKind::drop:
      return drop(action);
    case ActionKind::rename:
    case ActionKind::move:
      return rename(action);
    case ActionKind::insert_rows:
    case ActionKind::copy_rows:
      return fill(action);
    case ActionKind::set_value:
      return set(action);
    default:
      if (KnownRelation* table = find_to_change(action.name)) return change_table(action, *table);
      if (action.kind == ActionKind::attach_partition) attach(action, resolve(action.name));
  }
}

void SchemaModel::make(const Action& action) {
  ObjectName name = action.name;
  if (action.temporary)
    name.schema = kTemporary;
  else if (name.schema.empty())
    name.schema = first_schema_;
  const bool known_gone = gone_.erase(name) > 0;
  const bool is_there = relations_.contains(name);
  if (action.if_exists && is_there && action.kind != ActionKind::create_view) return;
  // IF NOT EXISTS proves nothing, unless it is known not to be there.
  const bool may_be_there = action.if_exists && !known_gone && !is_there;
  KnownRelation made{.name = name,
                     .kind = action.object,
                     .made_in = may_be_there ? 0 : now(),
                     .temporary = action.temporary,
                     .partitioned = action.partitioned,
                     .partition_keys = action.keys};
  // OR REPLACE. A table is made where there is none: what the database had was left by this file.
  const bool replaces = is_there && action.kind == ActionKind::create_view;
  if (replaces) made.made_in = relations_.at(name).made_in;
  made.complete = action.kind == ActionKind::create_table && !action.computes && !may_be_there;
  made.filled = action.kind == ActionKind::create_table_as && !action.no_data;
  made.reads = action.query;
  for (QueryFacts::Source& source : made.reads.sources) source.relation = resolve(source.relation);
  if (action.temporary) temporary_[name.name] = name;
  for (const ColumnFacts& column : action.columns)
    made.columns.push_back({.name = column.name,
                            .type = column.type,
                            .not_null = column.not_null,
                            .made_in = made.made_in});
  KnownRelation& kept = relations_[name] = std::move(made);
  for (const ConstraintFacts& facts : action.constraints) add_constraint(facts, kept);
  if (action.table.name.empty()) return;
  // A partition has the columns of its parent.
  KnownRelation* parent = find_to_change(action.table);
  if (!parent) return;
  kept.columns = parent->columns;
  kept.complete = parent->complete;
  if (action.is_default) parent->default_partition = name;
}

void SchemaModel::make_index(const Action& action) {
  KnownRelation* table = find_to_change(action.table);
  if (!table) return;
  ObjectName name = action.name;
  name.schema = table->name.schema;
  if (name.name.empty()) {
    name.name = table->name.name;
    for (const std::string& key : action.keys) name.name += "_" + (key.empty() ? "expr" : key);
    name.name += "_idx";
  }
  if (tables_of_indexes_.contains(name)) return;
  tables_of_indexes_[name] = table->name;
  table->indexes.push_back({name, action.keys, action.unique, action.partial});
}

void SchemaModel::add_constraint(ConstraintFacts facts, KnownRelation& table) {
  facts.name = constraint_name(table.name, facts);
  if (facts.kind == ConstraintKind::foreign_key) facts.refers_to = resolve(facts.refers_to);
  const bool has_index =
      facts.kind == ConstraintKind::unique || facts.kind == ConstraintKind::primary_key;
  if (!facts.using_index.empty()) {
    for (KnownIndex& index : table.indexes) {
      if (index.name.name != facts.using_index) continue;
      facts.columns = index.keys;
      tables_of_indexes_.erase(index.name);
      index.name.name = facts.name;
      tables_of_indexes_[index.name] = table.name;
    }
  } else if (has_index) {
    const ObjectName name{table.name.schema, facts.name};
    tables_of_indexes_[name] = table.name;
    table.indexes.push_back({name, facts.columns, true, false});
  }
  if (facts.kind == ConstraintKind::primary_key)
    for (KnownColumn& column : table.columns)
      if (std::ranges::find(facts.columns, column.name) != facts.columns.end())
        column.not_null = true;
  table.constraints.push_back(std::move(facts));
}

void SchemaModel::add_column(const Action& action, KnownRelation& table) {
  if (table.column(action.column)) return;
  const ColumnFacts& column = action.columns.front();
  table.columns.push_back(
      {.name = column.name, .type = column.type, .not_null = column.not_null, .made_in = now()});
  for (const ConstraintFacts& facts : column.constraints) add_constraint(facts, table);
}

void SchemaModel::change_table(const Action& action, KnownRelation& table) {
  const auto column = std::ranges::find(table.columns, action.column, &KnownColumn::name);
  const bool is_there = column != table.columns.end();
  switch (action.kind) {
    case ActionKind::add_column:
      return add_column(action, table);
    case ActionKind::drop_column:
      return erase_column(table, action.column);
    case ActionKind::change_type:
      if (is_there) column->type = action.type;
      return;
    case ActionKind::set_not_null:
    case ActionKind::drop_not_null:
      if (is_there) column->not_null = action.kind == ActionKind::set_not_null;
      return;
    case ActionKind::add_constraint:
      for (const ConstraintFacts& facts : action.constraints) add_constraint(facts, table);
      return;
    case ActionKind::validate_constraint:
      for (ConstraintFacts& facts : table.constraints)
        if (facts.name == action.column) facts.not_valid = false;
      return;
    case ActionKind::drop_constraint:
      std::erase_if(table.constraints,
                    [&](const ConstraintFacts& facts) { return facts.name == action.column; });
      std::erase_if(table.indexes,
                    [&](const KnownIndex& index) { return index.name.name == action.column; });
      return;
    case ActionKind::attach_partition:
      return attach(action, table.name);
    case ActionKind::detach_partition:
      if (table.default_partition == resolve(action.new_name)) table.default_partition.reset();
      return;
    case ActionKind::refresh:
      table.filled = !action.no_data;
      return;
    case ActionKind::truncate:
      table.filled = false;
      return;
    default:
      return;
  }
}

void SchemaModel::attach(const Action& action, const ObjectName& parent) {
  KnownRelation* table = find_to_change(parent);
  if (table && action.is_default) table->default_partition = resolve(action.new_name);
}

void SchemaModel::drop(const Action& action) {
  const ObjectName name = resolve(action.name);
  if (action.object == "SCHEMA") {
    schemas_.erase(action.name.name);
    std::erase_if(relations_,
                  [&](const auto& entry) { return entry.first.schema == action.name.name; });
    return;
  }
  if (action.object == "INDEX") {
    if (const auto place = tables_of_indexes_.find(name); place != tables_of_indexes_.end()) {
      if (KnownRelation* table = find_to_change(place->second))
        std::erase_if(table->indexes, [&](const KnownIndex& index) { return index.name == name; });
      tables_of_indexes_.erase(place);
    }
    return;
  }
  if (action.object == "DOMAIN" || action.object == "TYPE") {
    domains_.erase(name);
    types_.erase(name);
    return;
  }
  if (action.object == "FUNCTION") {
    functions_.erase(name);
    return;
  }
  const bool relation = action.object == "TABLE" || action.object == "VIEW" ||
                        action.object == "MATVIEW" || action.object == "SEQUENCE" ||
                        action.object == "FOREIGN_TABLE";
  if (!relation) return;
  if (action.cascade)
    for (const ObjectName& view : views_on(name)) relations_.erase(view);
  relations_.erase(name);
  if (name.schema == kTemporary) temporary_.erase(name.name);
  gone_.insert(name);
}

void SchemaModel::rename(const Action& action) {
  ObjectName from = resolve(action.name);
  ObjectName to = action.new_name;
  if (action.object == "SCHEMA") return;
  if (to.schema.empty()) to.schema = from.schema;
  if (action.object == "COLUMN") {
    if (KnownRelation* table = find_to_change(from))
      rename_column(*table, action.column, action.new_name.name);
  } else if (action.object == "TABCONSTRAINT") {
    if (KnownRelation* table = find_to_change(from))
      for (ConstraintFacts& facts : table->constraints)
        if (facts.name == action.column) facts.name = action.new_name.name;
  } else if (action.object == "INDEX") {
    const auto place = tables_of_indexes_.find(from);
    if (place == tables_of_indexes_.end()) return;
    const ObjectName table_name = place->second;
    tables_of_indexes_.erase(place);
    tables_of_indexes_[to] = table_name;
    if (KnownRelation* table = find_to_change(table_name))
      for (KnownIndex& index : table->indexes)
        if (index.name == from) index.name = to;
  } else if (relations_.contains(from)) {
    move_relation(from, to);
  } else {
    gone_.insert(from);
  }
}

void SchemaModel::move_relation(const ObjectName& from, const ObjectName& to) {
  auto node = relations_.extract(from);
  node.key() = to;
  node.mapped().name = to;
  for (KnownIndex& index : node.mapped().indexes) {
    tables_of_indexes_.erase(index.name);
    index.name.schema = to.schema;
    tables_of_indexes_[index.name] = to;
  }
  relations_.erase(to);
  relations_.insert(std::move(node));
  for (auto& [name, relation] : relations_) {
    for (QueryFacts::Source& source : relation.reads.sources)
      if (source.relation == from) source.relation = to;
    for (ConstraintFacts& facts : relation.constraints)
      if (facts.refers_to == from) facts.refers_to = to;
    if (relation.default_partition == from) relation.default_partition = to;
  }
  gone_.insert(from);
  gone_.erase(to);
}

/// A few rows that stand in the file leave a table small; what comes from a query or by COPY may be
/// many.
void SchemaModel::fill(const Action& action) {
  KnownRelation* table = find_to_change(action.name);
  if (table && !action.with_values) table->filled = true;
}

void SchemaModel::set(const Action& action) {
  if (action.name.name != "search_path" && !action.name.name.empty()) return;
  const bool sets = action.what == "SET" || action.what == "set_config";
  if (!sets && action.what != "RESET") return;
  first_schema_ =
      sets ? action.value.substr(0, action.value.find(',')) : std::string(kDefaultSchema);
}

}  // namespace migrator
