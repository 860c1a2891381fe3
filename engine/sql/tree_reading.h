// What readers of a ParseTree ask for again and again: names and options. No rules.
#pragma once

#include <string_view>

#include "engine/sql/object_name.h"
#include "engine/sql/parse_tree.h"

namespace migrator {

/// Of a RangeVar, not wrapped in its type.
ObjectName name_of(TreeNode range_var);

/// Of a list of String nodes, [database,] [schema,] name, without the last `behind` of them: the
/// table in the name of a column, a trigger or a policy has one name behind it.
ObjectName name_in(TreeNode list, std::size_t behind = 0);

/// The DefElem of that name among the options in a list; nothing when it is not given.
TreeNode find_option(TreeNode options, std::string_view name);

/// Whether an option is given and not set to false.
bool is_on(TreeNode option);

}  // namespace migrator
