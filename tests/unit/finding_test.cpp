#include <gtest/gtest.h>

#include "engine/base/error.h"

namespace migrator {
namespace {

TEST(Error, CarriesItsFindingAndSaysItsMessage) {
  const Error error(ErrorKind::lock, Finding{.id = "lock-timeout", .message = "waited 10 min"});
  EXPECT_EQ(error.kind(), ErrorKind::lock);
  EXPECT_EQ(error.finding().id, "lock-timeout");
  EXPECT_STREQ(error.what(), "waited 10 min");
}

}  // namespace
}  // namespace migrator
