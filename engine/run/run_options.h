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
  std::chrono::milliseconds statement_timeout{0};  ///< 0: none
  std::size_t tries = 30;                          ///< of a transaction that meets a lock
  std::chrono::milliseconds first_pause{500};      ///< at most, before the second try; doubles
  std::chrono::milliseconds retry_budget = std::chrono::minutes(10);
};

}  // namespace migrator
