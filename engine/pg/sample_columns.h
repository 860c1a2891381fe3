// The tables of a database as far as it matters for making rows up: columns with their types,
// limits and labels, foreign keys, constraints, bounds of partitions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/sql/object_name.h"

namespace migrator {

struct SampleColumn {
  std::string name;     ///< quoted
  std::string type;     ///< of a domain its base type: "int4", "varchar"
  char category = 'U';  ///< pg_type.typcategory: 'S' text, 'N' number, ...
  bool is_array = false;
  bool not_null = false;
  bool has_default = false;  ///< another than from a sequence
  bool is_identity = false;
  bool is_generated = false;
  int limit = 0;                         ///< characters, bits, digits or fields; 0: none
  int digits_behind = 0;                 ///< numeric's
  std::vector<std::string> labels = {};  ///< of an enum
  /// Definitions of CHECKs that read it, its domain's too, and of what the bounds of a partition
  /// ask.
  std::vector<std::string> checks = {};
  bool is_key = false;     ///< of a unique index, or called like what refers to one: org_id
  bool is_hashed = false;  ///< by which a partition is chosen
};

/// A level of partitions that a table is in.
struct SampleBound {
  std::string bound;              ///< FOR VALUES ...
  std::vector<std::string> keys;  ///< columns, quoted; empty for an expression
};

struct SampleKey {
  std::vector<std::string> columns;  ///< quoted
  std::string table;                 ///< oid that it refers to
  std::string name;                  ///< of that table, quoted
  std::vector<std::string> refers_to;
};

struct SampleTable {
  std::string oid;
  std::string name;  ///< quoted, with its schema
  std::vector<SampleColumn> columns = {};
  std::vector<SampleKey> keys = {};
  std::map<std::string, std::vector<std::string>> checks = {};  ///< columns, by the name of a CHECK
  std::string root = {};                         ///< of a partition: oid of the whole, ...
  std::string root_name = {};                    ///< ... and its name, quoted
  std::vector<SampleBound> bounds = {};          ///< of a partition, from the outermost in
  std::vector<std::string> partitioned_by = {};  ///< columns that the bounds read
};

/// Tables and partitions that hold rows themselves, but the one that is left out.
std::vector<SampleTable> sample_tables(Connection& connection, const ObjectName& left_out);

}  // namespace migrator
