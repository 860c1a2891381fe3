// What became of a statement that ran outside a transaction when its client left: the catalog is
// asked, nothing is guessed and nothing is changed. It shows one moment: the server's process of a
// client that died may still be at work on it (engine/run/heal waits for that one). Names without a
// schema are found by the session's search_path: what the file set for it has to be set again
// before, or a drop of an index that is not found counts as done.
#pragma once

#include <string>

#include "engine/pg/connection.h"
#include "engine/sql/outside_action.h"

namespace migrator {

enum class Fate {
  done,        ///< its work is there: it must not run again
  not_done,    ///< it left nothing: it can run
  broken,      ///< it left something half made, which has to go or be finished before it runs
  repeatable,  ///< whether it was done makes no difference: it can run
  unknown,     ///< the catalog has no answer: a human decides
};

struct Examination {
  Fate fate = Fate::unknown;
  std::string detail = {};  ///< a sentence for people: "index public.i exists and is valid"
};

/// A missing object is an answer, never an exception. Throws as Connection::query.
Examination examine(Connection& connection, const OutsideAction& action);

}  // namespace migrator
