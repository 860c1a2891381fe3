#include "engine/pg/advisory_lock.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_server.h"

namespace migrator {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds no_wait{0};

class Lock : public testing::Test {
 protected:
  TestDatabase database;
  Connection first = database.connect("first");
  Connection second = database.connect("second");
  std::int64_t key = AdvisoryLock::key_of(database.name(), "public", "schema_migrations");
};

TEST(LockKey, IsPinned) {
  // FORMATS.md, "Lock". A change would let two versions of migrator run at once.
  EXPECT_EQ(AdvisoryLock::key_of("app", "public", "schema_migrations"), 1962635720869000660);
  EXPECT_NE(AdvisoryLock::key_of("ap", "ppublic", "t"), AdvisoryLock::key_of("app", "public", "t"));
}

TEST_F(Lock, IsGotAtOnceWhenFree) {
  { const AdvisoryLock lock(first, key, no_wait, {}); }
  const AdvisoryLock lock(second, key, no_wait, {});
}

TEST_F(Lock, NamesItsHolderWhenTheLimitIsOver) {
  const AdvisoryLock lock(first, key, no_wait, {});
  const auto start = Clock::now();
  const Finding finding = expect_error(
      ErrorKind::lock, [&] { const AdvisoryLock other(second, key, milliseconds(200), {}); });
  EXPECT_GE(Clock::now() - start, milliseconds(200));
  EXPECT_LT(Clock::now() - start, milliseconds(1500));
  EXPECT_EQ(finding.id, "lock-timeout");
  EXPECT_PRED2(contains, finding.detail,
               "process " + std::to_string(first.backend_pid()) + " (first)");
  EXPECT_FALSE(finding.next.empty());
}

TEST_F(Lock, TellsForWhomItWaitsAndGoesOnWhenFree) {
  std::optional<AdvisoryLock> lock(std::in_place, first, key, no_wait, nullptr);
  std::vector<OtherSession> told;
  const AdvisoryLock other(second, key, std::chrono::seconds(20),
                           [&](const OtherSession& holder, milliseconds) {
                             told.push_back(holder);
                             lock.reset();
                           });
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].pid, first.backend_pid());
  EXPECT_EQ(told[0].application_name, "first");
  EXPECT_EQ(told[0].client, "local");
  EXPECT_EQ(told[0].since.size(), std::string("2026-11-22T10:00:00Z").size());
  EXPECT_EQ(told[0].statement, "SELECT");
}

TEST_F(Lock, DoesNotShowWhatItsHolderSends) {
  const AdvisoryLock lock(first, key, no_wait, {});
  run_command(first, "select 'hunter2'");
  const Finding finding = expect_error(
      ErrorKind::lock, [&] { const AdvisoryLock other(second, key, milliseconds(1), {}); });
  EXPECT_PRED2(contains, finding.detail, "last: SELECT");
  EXPECT_PRED2(lacks, finding.detail, "hunter2");
}

TEST_F(Lock, IsFreeWhenItsHolderDies) {
  const AdvisoryLock lock(first, key, no_wait, {});
  const std::vector<Field> pid = {std::to_string(first.backend_pid())};
  second.query("select pg_terminate_backend($1::int)", pid);
  const AdvisoryLock other(second, key, std::chrono::seconds(10), {});
}

TEST_F(Lock, StopsWaitingOnRequest) {
  const AdvisoryLock lock(first, key, no_wait, {});
  std::stop_source stop;
  const auto start = Clock::now();
  const Finding finding = expect_error(ErrorKind::lock, [&] {
    const AdvisoryLock other(
        second, key, std::chrono::seconds(60),
        [&](const OtherSession&, milliseconds) { stop.request_stop(); }, stop.get_token());
  });
  EXPECT_EQ(finding.id, "cancelled");
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(1));
}

TEST_F(Lock, OfAnotherDatabaseOrTableIsAnother) {
  const TestDatabase other_database;
  Connection other = other_database.connect();
  const AdvisoryLock lock(first, key, no_wait, {});
  const AdvisoryLock same_key(other, key, no_wait, {});
  const AdvisoryLock other_key(second, key + 1, no_wait, {});
}

TEST_F(Lock, IsFoundUnderAnySignOfItsKey) {
  for (const std::int64_t any : {std::int64_t{-1}, std::int64_t{1} << 62, std::int64_t{-1} << 40}) {
    const AdvisoryLock lock(first, any, no_wait, {});
    const Finding finding =
        expect_error(ErrorKind::lock, [&] { const AdvisoryLock other(second, any, no_wait, {}); });
    EXPECT_PRED2(contains, finding.detail, "(first)");
  }
}

TEST_F(Lock, WaitingLetsAnIndexBeBuiltConcurrently) {
  run_command(first, "create table t(n int)");
  const AdvisoryLock lock(first, key, no_wait, {});
  std::stop_source stop;
  std::jthread waiter([&] {
    expect_error(ErrorKind::lock, [&] {
      const AdvisoryLock other(second, key, std::chrono::seconds(60), {}, stop.get_token());
    });
  });
  std::this_thread::sleep_for(milliseconds(100));
  run_command(first, "set statement_timeout = '20s'");
  run_command(first, "create index concurrently on t(n)");
  stop.request_stop();
}

}  // namespace
}  // namespace migrator
