// A statement with the values of variables put in: psql's :name, :'name', :"name", and ${NAME}
// where its file asks for that. Finds what is wrong with it; whose text it is, and where, is the
// caller's to say.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/sql/script_variables.h"
#include "engine/sql/splitter.h"

namespace migrator {

struct ExpansionComplaint {
  std::string id;
  std::string message;
  std::string next;
  std::size_t offset = 0;  ///< in the source
};

struct ExpandedStatement {
  std::optional<Expansion> expansion = std::nullopt;  ///< nothing where the text stays as it is
  std::vector<ExpansionComplaint> complaints = {};
};

enum class Placeholders { stay, are_replaced };

ExpandedStatement expand_statement(const Source& source, const Statement& statement,
                                   const ScriptVariables& variables, Placeholders placeholders);

}  // namespace migrator
