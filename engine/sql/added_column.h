// What ADD COLUMN does to the rows that are there: whether they are written anew or read, as the
// definition of the column tells. No locks; those are alter_table_locks.h.
#pragma once

#include "engine/sql/expected_lock.h"
#include "engine/sql/object_name.h"
#include "engine/sql/parse_tree.h"

namespace migrator {

struct AddedColumn {
  Effect rewrite = Answer::no;
  Effect scan = Answer::no;
};

/// Of a ColumnDef. Source: ATExecAddColumn of PostgreSQL: a default is kept aside and not written
/// to the rows, unless it is volatile; measured on 14 to 18 (SAFETY).
AddedColumn added_column(TreeNode column);

/// Whether a function of that name may give another value for each row: one of PostgreSQL's own is
/// known not to, any other may.
bool may_be_volatile(const ObjectName& function);

}  // namespace migrator
