// Reads an OutsideAction out of the words of a statement, without a grammar.
#pragma once

#include <string_view>

#include "engine/sql/outside_action.h"

namespace migrator {

/// Of a statement that cannot run in a transaction; `unknown` for all others.
OutsideAction outside_action_of(std::string_view statement);

}  // namespace migrator
