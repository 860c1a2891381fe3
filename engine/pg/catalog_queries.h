// The text of the question for all objects of a database: rows of name, parent, definition, as
// engine/plan/catalog.h has them. $1 and $2: schema and table of the history, which is left out.
// For PostgreSQL 13 and later; expects an empty search_path.
#pragma once

#include <string>

namespace migrator {

std::string catalog_query();

}  // namespace migrator
