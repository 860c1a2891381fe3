// The readers of action.h, a function for each kind of node. Not for others to call.
#pragma once

#include <string>
#include <vector>

#include "engine/sql/action.h"

namespace migrator {

// In column_reading.cpp.
TypeFacts type_of(TreeNode type_name);
ExpressionFacts expression_of(TreeNode expression);
ColumnFacts column_of(TreeNode column_def);
/// False for a node that is no such constraint (NOT NULL, DEFAULT, ...).
bool read_constraint(TreeNode constraint, ConstraintFacts& facts);
QueryFacts query_of(TreeNode query);
std::vector<std::string> texts_of(TreeNode list);  ///< of a list of String nodes

using Actions = std::vector<Action>;

// In actions_of_tables.cpp.
void read_create_table(TreeNode node, Actions& actions);
void read_alter_table(TreeNode node, Actions& actions);
void read_rename(TreeNode node, Actions& actions);
void read_move(TreeNode node, Actions& actions);

// In actions_of_rows.cpp.
void read_insert(TreeNode node, Actions& actions);
void read_update(TreeNode node, Actions& actions);
void read_delete(TreeNode node, Actions& actions);
void read_copy(TreeNode node, Actions& actions);
void read_select(TreeNode node, Actions& actions);
void read_create_table_as(TreeNode node, Actions& actions);
void read_code(TreeNode node, Actions& actions);
void read_call(TreeNode node, Actions& actions);
void read_set(TreeNode node, Actions& actions);
void read_transaction(TreeNode node, Actions& actions);

}  // namespace migrator
