// Second tries of a transaction that met a lock of the application: whether there is to be one, the
// pause before it, and the word about it. The transaction itself is its caller's.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "engine/base/error.h"
#include "engine/run/observer.h"
#include "engine/run/run_options.h"

namespace migrator {

class Retries {
 public:
  enum class Trying { transaction, statement };

  /// `what` is being tried, for the line that is shown: a file's name.
  Retries(const RunOptions& options, Observer& observer, std::stop_token stop, std::string what,
          Trying trying = Trying::transaction)
      : options_(options),
        observer_(observer),
        stop_(std::move(stop)),
        what_(std::move(what)),
        trying_(trying),
        begun_(std::chrono::steady_clock::now()) {}

  /// After a rollback; `blockers` were in the way. Throws the error again when another try would
  /// not help or, with them in its detail, when none is left; Error(migration, "cancelled") when a
  /// stop ends the pause.
  void pause_after(const Error& error, const std::vector<OtherSession>& blockers);

 private:
  [[noreturn]] void throw_spent(const Error& error,
                                const std::vector<OtherSession>& blockers) const;

  const RunOptions& options_;
  Observer& observer_;
  std::stop_token stop_;
  std::string what_;
  Trying trying_;
  std::chrono::steady_clock::time_point begun_;
  std::size_t tries_ = 0;
};

}  // namespace migrator
