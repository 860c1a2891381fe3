// What a test of healing needs beyond a run: a table `a(n int, m int)` with two rows, transactions
// that hold up a CONCURRENTLY, and someone who acts as soon as the run waits for one.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/held_statement.h"
#include "tests/support/run_fixture.h"

namespace migrator {

class HealFixture : public RunFixture {
 protected:
  HealFixture();

  /// "t", "f", or "" where there is no such index.
  std::string valid(std::string_view index);
  std::string oid(std::string_view relation);

  /// A transaction that holds up a CONCURRENTLY until it ends.
  Connection hold(std::string_view sql = HeldStatement::kOldSnapshot) const;
  /// Does something as soon as the session of the run waits for such a transaction, in a statement
  /// that begins so.
  std::jthread when_waiting_in(std::string statement, std::function<void()> act);
  /// Ends the session of the run there.
  std::jthread terminate_when_waiting_in(std::string statement);
  /// Does something as soon as the run says that it waits.
  std::jthread when_told_to_wait(std::function<void()> act);

  /// `up` fails for now, with this exit code; what it leaves is for the next one.
  Finding fail(int exit_code = 4);
  /// `up` succeeds, and these notices, each at its statement, are all that it says.
  void expect_healed(const std::vector<std::string>& messages);
};

}  // namespace migrator
