// A query of a template: :name where a value is bound. Values never become part of the text; each
// name is a parameter of the server ($1, $2, ...), which also gives it its type.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/finding.h"
#include "engine/sql/script_variables.h"

namespace migrator {

struct BoundQuery {
  std::string file = {};     ///< as shown to people; "" for a text that stands in no file
  std::string written = {};  ///< as it was read
  Expansion sql = {};        ///< with $1 in place of :name; no semicolon at its end
  std::vector<std::string> names = {};  ///< of $1, $2, ...

  /// Where a byte of sql.text() stands in what was written.
  Place place_of(std::size_t offset) const;
};

/// Reads :name and :'name', each name one parameter however often it stands there. Throws
/// Error(configuration): "query-form" for :"name" and :{?name}, which no parameter can stand for,
/// for a text with no statement or several, and for one that begins or ends a transaction: a query
/// has one of its own.
BoundQuery bind_query(std::string_view text, std::string file);

}  // namespace migrator
