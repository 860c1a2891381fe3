// How a run goes about its work: who it is, and how long it waits for what.
#pragma once

#include <chrono>
#include <cstddef>

#include "engine/pg/history_table.h"

namespace migrator {

struct RunOptions {
  Runner runner;
  std::chrono::milliseconds lock_wait = std::chrono::minutes(10);
  std::chrono::milliseconds lock_timeout = std::chrono::seconds(1);
  std::chrono::milliseconds statement_timeout{0};    ///< 0: none
  std::chrono::milliseconds transaction_timeout{0};  ///< 0: none; PostgreSQL 17 and later
  std::size_t tries = 30;                            ///< of a transaction that meets a lock
  std::chrono::milliseconds first_pause{500};        ///< at most, before the second try; doubles
  std::chrono::milliseconds longest_pause = std::chrono::seconds(30);
  std::chrono::milliseconds retry_budget = std::chrono::minutes(10);
  std::chrono::milliseconds reconnect = std::chrono::seconds(30);  ///< for a lost server; 0: never
  /// How long the row of a migrator that cannot hold a lock says that it lives; renewed meanwhile.
  std::chrono::milliseconds lease = std::chrono::seconds(20);
  bool keep_going = false;  ///< of a file of data, collect more bad rows than the first
  std::size_t jobs = 1;     ///< so many files of data at once
};

}  // namespace migrator
