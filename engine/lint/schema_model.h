// The schema as the migrations make it, from reading their actions in order: what relations,
// columns, constraints, indexes, domains and functions there are, and which of them are new to the
// deployment that is being judged. It knows only what it was told: what is not in it may still be
// in the database, and counts as there.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/action.h"

namespace migrator {

/// How a relation stands to the deployment that is being judged.
enum class Age {
  existing,   ///< it was there before, with rows and users, for all that is known
  empty,      ///< made by the deployment, and not filled from elsewhere
  filled,     ///< made by the deployment, with many rows
  temporary,  ///< of one session
};

struct KnownColumn {
  std::string name;
  TypeFacts type = {};
  bool not_null = false;
  std::size_t made_in = 0;  ///< see SchemaModel::begin_deployment
};

struct KnownIndex {
  ObjectName name;
  std::vector<std::string> keys = {};
  bool unique = false;
  bool partial = false;
};

struct KnownRelation {
  ObjectName name;
  std::string kind = "TABLE";
  std::size_t made_in = 0;
  bool temporary = false;
  bool filled = false;
  bool complete = false;  ///< all of its columns are known
  std::vector<KnownColumn> columns = {};
  std::vector<KnownIndex> indexes = {};
  std::vector<ConstraintFacts> constraints = {};
  bool partitioned = false;
  std::vector<std::string> partition_keys = {};
  std::optional<ObjectName> default_partition = std::nullopt;
  QueryFacts reads = {};  ///< of a view

  const KnownColumn* column(std::string_view column_name) const;
  const ConstraintFacts* constraint(std::string_view constraint_name) const;
  const ConstraintFacts* primary_key() const;
  /// Whether no row can have NULL there: by NOT NULL or a valid CHECK.
  bool proves_not_null(std::string_view column_name) const;
};

struct KnownDomain {
  TypeFacts base;
  bool constrained = false;
};

struct KnownFunction {
  bool is_volatile = true;
  std::string body = {};
};

class SchemaModel {
 public:
  /// What is made from now on is new; what was made before is there. `counts` is false for files
  /// that are deployed already.
  void begin_deployment();
  void begin_file(bool is_new);

  void apply(const Action& action);

  /// With the schema that the name is looked for in.
  ObjectName resolve(ObjectName name) const;
  /// Nothing when it is not known.
  const KnownRelation* find(const ObjectName& name) const;
  /// Of a relation that is not known: existing.
  Age age_of(const ObjectName& name) const;
  bool is_new(const ObjectName& name) const { return age_of(name) != Age::existing; }
  bool is_new(const KnownColumn& column) const { return column.made_in == deployment_; }
  bool is_new_schema(std::string_view name) const;

  struct IndexPlace {
    const KnownRelation* table;
    const KnownIndex* index;
  };
  std::optional<IndexPlace> find_index(const ObjectName& name) const;

  /// Views that read a column of a relation, or (no column) the relation at all.
  std::vector<ObjectName> views_on(const ObjectName& relation, std::string_view column = {}) const;
  /// Tables whose foreign keys refer to this one.
  std::vector<ObjectName> referring_to(const ObjectName& relation) const;

  const KnownDomain* domain(const ObjectName& name) const;
  const KnownFunction* function(const ObjectName& name) const;
  bool is_new_type(const ObjectName& name) const;

  /// From elsewhere than migrations: the catalog of a database. Does not replace what is known.
  void add(KnownRelation relation);
  void add_function(const ObjectName& name, KnownFunction function);

 private:
  KnownRelation* find_to_change(const ObjectName& name);
  std::size_t now() const { return file_is_new_ ? deployment_ : 0; }
  void make(const Action& action);
  void make_index(const Action& action);
  void add_column(const Action& action, KnownRelation& table);
  void add_constraint(ConstraintFacts facts, KnownRelation& table);
  void change_table(const Action& action, KnownRelation& table);
  void drop(const Action& action);
  void rename(const Action& action);
  void move_relation(const ObjectName& from, const ObjectName& to);
  void fill(const Action& action);
  void attach(const Action& action, const ObjectName& parent);
  void set(const Action& action);

  std::map<ObjectName, KnownRelation> relations_;
  std::map<ObjectName, ObjectName> tables_of_indexes_;
  std::map<std::string, ObjectName> temporary_;  ///< by the name that hides the others
  std::map<ObjectName, KnownDomain> domains_;
  std::map<ObjectName, KnownFunction> functions_;
  std::map<ObjectName, std::size_t> types_;  ///< enums and domains, with when they were made
  std::map<std::string, std::size_t> schemas_;
  std::set<ObjectName> gone_;
  std::string first_schema_ = "public";
  std::size_t deployment_ = 1;
  bool file_is_new_ = true;
};

/// The name that the server gives a constraint that has none.
std::string constraint_name(const ObjectName& table, const ConstraintFacts& facts);

}  // namespace migrator
