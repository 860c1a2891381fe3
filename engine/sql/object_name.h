// The name of something in a database, as the server folds it: unquoted parts in lower case, and
// without quotes. Where an unqualified name is found is for search_path to say, which is not here.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace migrator {

struct ObjectName {
  std::string schema = {};  ///< empty: found by search_path
  std::string name = {};    ///< empty: not given

  auto operator<=>(const ObjectName&) const = default;
};

/// As one would write it in SQL: other.users, "Users". Key words that need quotes get none.
std::string to_text(const ObjectName& name);

/// Of a name alone: of a column, a constraint, an index.
std::string name_text(std::string_view name);

/// The same without the schema where that is the usual one, as migrations mostly name it.
std::string to_short_text(const ObjectName& name);

}  // namespace migrator
