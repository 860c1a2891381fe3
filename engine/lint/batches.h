// SQL that changes the rows of a table some thousand at a time, by what tells them apart there: a
// number that is its key, another key, or where a row lies. Whether that is called for, and what is
// changed, is the caller's.
#pragma once

#include <string>

#include "engine/lint/schema_model.h"

namespace migrator {

/// The rows of a table that are to be changed. `known` may be nothing.
struct Batched {
  std::string table;  ///< as SQL
  const KnownRelation* known = nullptr;
};

/// What stands behind WHERE: `todo`, which holds for a row until it is changed, and for some rows.
std::string batch_of(const Batched& rows, const std::string& todo);

/// The same UPDATE of all rows, which has neither WHERE nor another clause behind its assignments;
/// in several steps where nothing tells what is done.
std::string update_by_batches(const Batched& rows, const std::string& update);

/// The same DELETE of all rows, which has no further clause.
std::string delete_by_batches(const Batched& rows, const std::string& statement);

}  // namespace migrator
