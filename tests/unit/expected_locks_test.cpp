#include "engine/sql/expected_locks.h"

#include <gtest/gtest.h>

#include "tests/support/lock_cases.h"

namespace migrator {
namespace {

TEST(ExpectedLocks, OfEveryForm) {
  for (const LockCase& c : lock_cases())
    EXPECT_EQ(dump(locks_of(c.statement)), c.locks) << c.statement;
}

}  // namespace
}  // namespace migrator
