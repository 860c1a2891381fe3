// What a statement does to a database, as plain values: one Action for each thing that it makes,
// alters, drops or changes the rows of (ALTER TABLE has one for each subcommand). Facts of the text
// alone; what the names stand for, and whether it is wise, is engine/lint's. Names are as the
// statement says them, types without the schema pg_catalog.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/object_name.h"
#include "engine/sql/parse_tree.h"

namespace migrator {

struct TypeFacts {
  ObjectName name = {};  ///< {"", "int4"}, {"", "varchar"}, {"app", "email"}
  std::vector<std::int64_t> modifiers = {};
  bool array = false;

  bool operator==(const TypeFacts&) const = default;
};

/// "integer", "varchar(20)", "app.email[]"
std::string to_text(const TypeFacts& type);

/// An expression, as far as it matters what it calls and which columns it reads.
struct ExpressionFacts {
  std::vector<ObjectName> calls = {};
  std::vector<std::string> columns = {};
};

enum class ConstraintKind { check, foreign_key, unique, primary_key, exclusion };

/// "CHECK", "FOREIGN KEY"
std::string_view to_text(ConstraintKind kind);

struct ConstraintFacts {
  ConstraintKind kind = ConstraintKind::check;
  std::string name = {};
  std::vector<std::string> columns = {};  ///< of a CHECK: that it mentions
  bool not_valid = false;
  std::string using_index = {};
  ObjectName refers_to = {};
  std::vector<std::string> refers_to_columns = {};
  std::vector<std::string> proves_not_null = {};  ///< of a CHECK: columns
};

struct ColumnFacts {
  std::string name = {};
  TypeFacts type = {};
  bool not_null = false;
  bool serial = false;
  bool identity = false;
  bool stored = false;       ///< GENERATED ... STORED
  bool has_default = false;  ///< another than NULL
  ExpressionFacts default_value = {};
  std::vector<ConstraintFacts> constraints = {};
};

/// A relation that a query reads, and by which name; and what it reads of it.
struct QueryFacts {
  struct Source {
    ObjectName relation;
    std::string alias;
  };
  struct Column {
    std::string source = {};  ///< alias or name of a relation; empty: any
    std::string name = {};    ///< empty: all
  };
  std::vector<Source> sources = {};
  std::vector<Column> columns = {};
};

enum class ActionKind {
  create_table,
  create_table_as,  ///< and SELECT INTO
  create_view,      ///< and materialized ones
  create_index,
  create_domain,
  create_enum,
  create_function,
  create_trigger,
  create_schema,
  create_extension,
  create_other,  ///< sequence, foreign table, type: `object` says what
  add_column,
  drop_column,
  change_type,
  set_default,
  set_not_null,
  drop_not_null,
  add_constraint,
  validate_constraint,
  drop_constraint,
  add_identity,
  attach_partition,
  detach_partition,
  rewrite_table,  ///< SET LOGGED, VACUUM FULL, CLUSTER, ...: `what`
  disable_trigger,
  alter_other,
  alter_domain,
  drop,
  rename,
  move,  ///< SET SCHEMA
  truncate,
  reindex,
  refresh,
  lock,
  add_label,
  rename_label,
  set_value,  ///< SET, RESET, set_config()
  transaction,
  change_rows,  ///< UPDATE, DELETE
  insert_rows,
  copy_rows,
  run_code,  ///< DO, CALL
  query,
};

/// Kinds of objects in the tree's words without OBJECT_: "TABLE", "INDEX", "COLUMN", "MATVIEW".
struct Action {
  ActionKind kind = ActionKind::query;
  ObjectName name = {};      ///< what is made, altered, dropped
  std::string object = {};   ///< its kind
  std::string what = {};     ///< for people, upper case: "VACUUM FULL", "SET LOGGED"
  ObjectName table = {};     ///< of an index, a trigger; the parent of a partition
  ObjectName new_name = {};  ///< rename, move
  std::string column = {};   ///< of add_column: in `columns`
  std::vector<ColumnFacts> columns = {};
  std::vector<ConstraintFacts> constraints = {};
  std::vector<std::string> keys =
      {};  ///< columns of an index, "" for an expression; assigned columns
  TypeFacts type = {};
  ExpressionFacts expression = {};  ///< default, USING
  QueryFacts query = {};
  std::string method = {};  ///< of an index
  std::string value = {};   ///< of a setting, a label; language and body of code
  bool if_exists = false;   ///< IF EXISTS, IF NOT EXISTS, OR REPLACE
  bool concurrent = false;
  bool cascade = false;
  bool temporary = false;
  bool unique = false;
  bool only = false;  ///< ON ONLY; a rename that leaves data alone
  bool not_valid = false;
  bool no_data = false;
  bool local = false;        ///< SET LOCAL
  bool computes = false;     ///< change_type: USING more than a cast
  bool collates = false;     ///< change_type: COLLATE
  bool partitioned = false;  ///< PARTITION BY
  bool is_default = false;   ///< partition
  bool everywhere = false;   ///< change_rows: no WHERE, or a constant one
  bool is_volatile = true;   ///< create_function
  bool partial = false;      ///< index with WHERE
  bool with_values = false;  ///< insert_rows: VALUES, not a query
  int mode = 0;              ///< lock
};

/// The actions of one statement; none for what does nothing that anybody asks about. `tree` is its
/// tree, or nothing.
std::vector<Action> actions_of(TreeNode tree);

}  // namespace migrator
