// The indexes that a statement outside a transaction acts on, or left behind when it was broken
// off, as the catalog shows them at this moment. Read only, and without a lock on anything: what
// is done about them is engine/run/heal. Names without a schema are found by the session's
// search_path, so whatever the file set for it has to be set again before.
#pragma once

#include <string>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/sql/outside_action.h"

namespace migrator {

struct IndexState {
  std::string oid;
  std::string table_oid;
  std::string name;  ///< with its schema, quoted where SQL needs it: public."Big i"
  bool valid = false;
  /// An index of its own: no partitioned parent's, none attached to one, none behind a constraint.
  bool droppable = false;
  bool partitioned = false;  ///< a partitioned parent's: valid when its partitions have theirs
  bool toast = false;
};

/// What the statement makes, drops or builds again, with the partitions' where there are any. For a
/// CREATE INDEX without a name: all indexes of the table with a name as the server chooses. For a
/// REINDEX of a schema or database: none.
std::vector<IndexState> indexes_of(Connection& connection, const OutsideAction& action);

/// The invalid indexes that the statement leaves when it is broken off: the one that it makes, or
/// the _ccnew and _ccold of those that it builds again. None for other statements.
std::vector<IndexState> leftovers_of(Connection& connection, const OutsideAction& action);

/// Whether this very index is still there and still invalid.
bool is_left_invalid(Connection& connection, const IndexState& index);

/// The oid of a table, index or the like; empty when there is none of that name.
std::string relation_oid(Connection& connection, const ObjectName& name);

/// As SQL reads it back: "s"."n", or "n" where the schema is left to the search_path.
std::string quoted(const ObjectName& name);

}  // namespace migrator
