// Sees what another session locks while a statement runs that lets its locks go by itself (CREATE
// INDEX CONCURRENTLY, VACUUM). It stands in the way like a program that writes to every table, so
// that a lock which would stop such a program has to wait, is seen, and is let through: what is
// seen does not depend on how long the statement takes. Weaker locks are seen when a look happens
// to meet them. Has a session and a thread of its own, between begin() and end().
#pragma once

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "engine/pg/connection.h"
#include "engine/sql/lock_mode.h"

namespace migrator {

/// By the oid of a relation: the strongest mode in which it was taken, or waited for.
using SeenModes = std::map<std::string, LockMode>;

class LockWatch {
 public:
  explicit LockWatch(Connection connection) : connection_(std::move(connection)) {}

  /// `tables` as SQL names them. When it returns it stands there.
  void begin(int pid, const std::vector<std::string>& tables);
  /// Throws what went wrong meanwhile.
  SeenModes end();

 private:
  void stand_in_the_way();
  void step_aside();
  void look_on(const std::stop_token& stop);
  bool look();

  Connection connection_;
  std::string pid_ = {};
  std::string lock_sql_ = {};
  bool stands_ = false;
  bool waits_ = false;  ///< the session for us, when it was last looked at
  SeenModes seen_ = {};
  std::exception_ptr failure_ = nullptr;
  std::jthread thread_ = {};
};

}  // namespace migrator
