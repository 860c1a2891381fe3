// The order of runs, transaction by transaction, where no session can hold the migrators' lock
// (behind a pooler): each transaction that takes a row of the history has that lock for itself, and
// goes on only while the history is what the plan was made from. It is polled, with no transaction
// open in between, so that nobody waits inside the server. Where the session has the lock, it only
// begins transactions.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/pg/history_table.h"
#include "engine/run/observer.h"
#include "engine/run/run_options.h"

namespace migrator {

/// BEGIN of such a transaction, with time to wait for a row that another one is about to write.
std::vector<Query> beginning_of_turn(const RunOptions& options);

class Turn {
 public:
  Turn(Connection& connection, const HistoryTable& table, const RunOptions& options,
       Observer& observer, std::stop_token stop);

  /// The premise_of the history that the plan was made from.
  void expect(std::string premise) { premise_ = std::move(premise); }

  /// Begins one. Throws Error(lock, "overtaken") when the history is another one by now, with the
  /// transaction open; Error(lock, "lock-timeout") when RunOptions::lock_wait is over, or
  /// "cancelled".
  void begin();

  /// To be called before COMMIT, which keep() follows: reads the history as this run leaves it,
  /// where a pooler stands in between.
  void note();
  /// It was committed.
  void keep() { premise_ = next_; }

 private:
  void open() const;
  bool try_to_begin() const;

  Connection& connection_;
  const HistoryTable& table_;
  const RunOptions& options_;
  Observer& observer_;
  std::stop_token stop_;
  std::string premise_ = {};  ///< empty: any will do
  std::string next_ = {};
};

}  // namespace migrator
