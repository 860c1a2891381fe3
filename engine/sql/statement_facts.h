// All that the rules ask of the text of one statement, from parsing it once: values, so that the
// tree may go. No rules, and nothing of what the names stand for.
#pragma once

#include <string_view>
#include <vector>

#include "engine/sql/action.h"
#include "engine/sql/expected_locks.h"
#include "engine/sql/relation_changes.h"
#include "engine/sql/summary.h"

namespace migrator {

struct StatementFacts {
  TransactionNeed transaction = TransactionNeed::any;
  std::vector<Action> actions = {};
  StatementLocks locks = {};
  RelationChanges changes = {};
  bool refused = false;  ///< by the grammar
};

/// By its tree; of what is too long for that, by its words.
StatementFacts read_statement(std::string_view sql);

/// By its words alone: for rows, of which a file may have a million.
StatementFacts read_words(std::string_view sql);

}  // namespace migrator
