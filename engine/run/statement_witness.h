// Who looks on at each statement of a run, on the session that runs it and in its transaction:
// `check --observe` records with it what they do. Steps do not travel together then. It may ask the
// session, and must leave it as it is.
#pragma once

#include <functional>

#include "engine/base/error.h"
#include "engine/pg/connection.h"
#include "engine/sql/command.h"

namespace migrator {

struct StatementWitness {
  /// False: the statement is passed over, as if it had been run.
  std::function<bool(Connection&, const Part&, const Command&)> before;
  std::function<void(Connection&)> after;
  /// In place of `after`; the transaction is of no more use then.
  std::function<void(const Error&)> failed;
  /// True: it was meant for the witness, and is not told.
  std::function<bool(const Notice&)> heard;
};

}  // namespace migrator
