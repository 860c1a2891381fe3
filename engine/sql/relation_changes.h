// What a statement makes, renames and drops, by name: what is needed to know which relations are
// new. Names stay as the statement says them; where an unqualified one is found is for the reader.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/sql/object_name.h"
#include "engine/sql/parse_tree.h"

namespace migrator {

struct RelationChanges {
  struct Made {
    ObjectName name;
    bool temporary = false;
    bool unless_there = false;  ///< IF NOT EXISTS
    ObjectName table = {};      ///< of an index
  };
  std::vector<Made> made = {};
  std::vector<std::pair<ObjectName, ObjectName>> renamed = {};  ///< moved to another schema, too
  std::vector<ObjectName> dropped = {};

  std::vector<std::string> made_schemas = {};
  std::vector<std::pair<std::string, std::string>> renamed_schemas = {};
  std::vector<std::string> dropped_schemas = {};

  /// SET search_path: its first schema, where unqualified names are made from now on; empty when
  /// there is none.
  std::optional<std::string> search_path = std::nullopt;
  bool resets_search_path = false;
};

/// `tree` may be nothing.
RelationChanges relation_changes(TreeNode tree);

}  // namespace migrator
