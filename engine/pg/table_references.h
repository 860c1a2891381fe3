// Which of some tables refer to which others by foreign keys, as the catalog has it now.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/pg/connection.h"

namespace migrator {

struct TableReference {
  std::size_t from = 0;  ///< numbers in the list of tables
  std::size_t to = 0;
  std::vector<std::string> columns = {};   ///< of `from`
  std::vector<std::string> nullable = {};  ///< those of them that may be null
  bool deferrable = false;
};

/// Tables are named as in SQL ("users", "auth.users"); those that are not there refer to nothing,
/// and none to itself. One query. Throws as Connection::query.
std::vector<TableReference> table_references(Connection& connection,
                                             std::span<const std::string> tables);

}  // namespace migrator
