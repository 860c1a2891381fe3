// Servers before PostgreSQL 16 print the columns of a view with the name of their table before
// them, later ones only where there are several tables. Pure; looks at the statement's tree.
#pragma once

#include <string>
#include <string_view>

namespace migrator {

/// CREATE [MATERIALIZED] VIEW as PostgreSQL 16 and later print it; what is not known for certain
/// stays as it is.
std::string plain_view(std::string_view statement);

}  // namespace migrator
