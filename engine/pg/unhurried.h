// For the time of a question that may take its time: its connection has no limit for answers.
#pragma once

#include <chrono>

#include "engine/pg/connection.h"

namespace migrator {

class Unhurried {
 public:
  explicit Unhurried(Connection& connection)
      : connection_(connection), patience_(connection.patience()) {
    connection_.set_patience({});
  }
  ~Unhurried() { connection_.set_patience(patience_); }
  Unhurried(const Unhurried&) = delete;
  Unhurried& operator=(const Unhurried&) = delete;

 private:
  Connection& connection_;
  std::chrono::milliseconds patience_;
};

}  // namespace migrator
