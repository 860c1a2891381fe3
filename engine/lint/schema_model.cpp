#include "engine/lint/schema_model.h"

#include <algorithm>

namespace migrator {
namespace {

constexpr std::string_view kDefaultSchema = "public";
constexpr std::string_view kTemporary = "pg_temp";

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool is_view(const KnownRelation& relation) {
  return relation.kind == "VIEW" || relation.kind == "MATVIEW";
}

}  // namespace

const KnownColumn* KnownRelation::column(std::string_view column_name) const {
  const auto found = std::ranges::find(columns, column_name, &KnownColumn::name);
  return found == columns.end() ? nullptr : &*found;
}

const ConstraintFacts* KnownRelation::constraint(std::string_view constraint_name) const {
  const auto found = std::ranges::find(constraints, constraint_name, &ConstraintFacts::name);
  return found == constraints.end() ? nullptr : &*found;
}

const ConstraintFacts* KnownRelation::primary_key() const {
  const auto found =
      std::ranges::find(constraints, ConstraintKind::primary_key, &ConstraintFacts::kind);
  return found == constraints.end() ? nullptr : &*found;
}

bool KnownRelation::proves_not_null(std::string_view column_name) const {
  const KnownColumn* known = column(column_name);
  if (known && known->not_null) return true;
  return std::ranges::any_of(constraints, [&](const ConstraintFacts& facts) {
    return facts.kind == ConstraintKind::check && !facts.not_valid &&
           has(facts.proves_not_null, column_name);
  });
}

std::string constraint_name(const ObjectName& table, const ConstraintFacts& facts) {
  if (!facts.name.empty()) return facts.name;
  if (!facts.using_index.empty()) return facts.using_index;
  if (facts.kind == ConstraintKind::primary_key) return table.name + "_pkey";
  std::string columns;
  const bool many = facts.kind == ConstraintKind::check && facts.columns.size() != 1;
  if (!many)
    for (const std::string& column : facts.columns) columns += "_" + column;
  switch (facts.kind) {
    case ConstraintKind::check:
      return table.name + columns + "_check";
    case ConstraintKind::foreign_key:
      return table.name + columns + "_fkey";
    case ConstraintKind::exclusion:
      return table.name + columns + "_excl";
    default:
      return table.name + columns + "_key";
  }
}

void SchemaModel::begin_deployment() {
  ++deployment_;
}

void SchemaModel::begin_file(bool is_new) {
  file_is_new_ = is_new;
  first_schema_ = kDefaultSchema;
  for (const auto& [name, relation] : temporary_) relations_.erase(relation);
  temporary_.clear();
}

ObjectName SchemaModel::resolve(ObjectName name) const {
  if (!name.schema.empty()) return name;
  name.schema = temporary_.contains(name.name) ? std::string(kTemporary) : first_schema_;
  return name;
}

const KnownRelation* SchemaModel::find(const ObjectName& name) const {
  const auto found = relations_.find(resolve(name));
  return found == relations_.end() ? nullptr : &found->second;
}

KnownRelation* SchemaModel::find_to_change(const ObjectName& name) {
  const auto found = relations_.find(resolve(name));
  return found == relations_.end() ? nullptr : &found->second;
}

Age SchemaModel::age_of(const ObjectName& name) const {
  const KnownRelation* relation = find(name);
  if (!relation) return is_new_schema(resolve(name).schema) ? Age::empty : Age::existing;
  if (relation->temporary) return Age::temporary;
  if (relation->made_in != deployment_) return Age::existing;
  return relation->filled ? Age::filled : Age::empty;
}

bool SchemaModel::is_new_schema(std::string_view name) const {
  const auto found = schemas_.find(std::string(name));
  return found != schemas_.end() && found->second == deployment_;
}

std::optional<SchemaModel::IndexPlace> SchemaModel::find_index(const ObjectName& name) const {
  const auto table = tables_of_indexes_.find(resolve(name));
  if (table == tables_of_indexes_.end()) return std::nullopt;
  const KnownRelation* relation = find(table->second);
  if (!relation) return std::nullopt;
  const auto index = std::ranges::find(
      relation->indexes, name.name,
      [](const KnownIndex& known) -> const std::string& { return known.name.name; });
  if (index == relation->indexes.end()) return std::nullopt;
  return IndexPlace{relation, &*index};
}

std::vector<ObjectName> SchemaModel::views_on(const ObjectName& relation,
                                              std::string_view column) const {
  const ObjectName wanted = resolve(relation);
  std::vector<ObjectName> views;
  for (const auto& [name, view] : relations_) {
    if (!is_view(view)) continue;
    const bool reads = std::ranges::any_of(view.reads.sources, [&](const auto& source) {
      if (source.relation != wanted) return false;
      if (column.empty()) return true;
      return std::ranges::any_of(view.reads.columns, [&](const QueryFacts::Column& read) {
        const bool from_here = read.source.empty() || read.source == source.alias;
        return from_here && (read.name.empty() || read.name == column);
      });
    });
    if (reads) views.push_back(name);
  }
  return views;
}

std::vector<ObjectName> SchemaModel::referring_to(const ObjectName& relation) const {
  const ObjectName wanted = resolve(relation);
  std::vector<ObjectName> tables;
  for (const auto& [name, table] : relations_)
    for (const ConstraintFacts& facts : table.constraints)
      if (facts.kind == ConstraintKind::foreign_key && facts.refers_to == wanted &&
          name != wanted && (tables.empty() || tables.back() != name))
        tables.push_back(name);
  return tables;
}

const KnownDomain* SchemaModel::domain(const ObjectName& name) const {
  const auto found = domains_.find(resolve(name));
  return found == domains_.end() ? nullptr : &found->second;
}

const KnownFunction* SchemaModel::function(const ObjectName& name) const {
  const auto found = functions_.find(resolve(name));
  return found == functions_.end() ? nullptr : &found->second;
}

bool SchemaModel::is_new_type(const ObjectName& name) const {
  const auto found = types_.find(resolve(name));
  return found != types_.end() && found->second == deployment_;
}

void SchemaModel::add(KnownRelation relation) {
  for (const KnownIndex& index : relation.indexes)
    tables_of_indexes_.emplace(index.name, relation.name);
  const ObjectName name = relation.name;
  relations_.emplace(name, std::move(relation));
}

void SchemaModel::add_function(const ObjectName& name, KnownFunction function) {
  functions_.emplace(name, std::move(function));
}

}  // namespace migrator
