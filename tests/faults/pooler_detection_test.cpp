#include "engine/pg/pooler.h"

#include <gtest/gtest.h>

#include "tests/faults/pooler.h"
#include "tests/support/test_server.h"

namespace migrator {
namespace {

class PoolerDetection : public testing::TestWithParam<Way> {};

TEST_P(PoolerDetection, FindsOutWhatIsInBetween) {
  const TestDatabase database;
  const WayToServer way(GetParam());
  Connection connection = Connection::open(way.url(database.name()), {});
  detect_pooler(connection);
  EXPECT_EQ(connection.is_pooled(), GetParam() != Way::directly);
}

INSTANTIATE_TEST_SUITE_P(Ways, PoolerDetection,
                         testing::Values(Way::directly, Way::session_pooler,
                                         Way::transaction_pooler),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace migrator
