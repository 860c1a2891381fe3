// An index that another session builds at this moment: `up` waits for it and drops nothing of it.
#include <fmt/format.h>

#include <thread>

#include "tests/support/expect_error.h"
#include "tests/support/heal_fixture.h"
#include "tests/support/held_statement.h"

namespace migrator {
namespace {

using Steps = std::vector<std::string>;

using HealWait = HealFixture;

const std::string kDropped = "dropped the invalid index public.i, left by an earlier try";

TEST_F(HealWait, AnotherSessionsIndexIsWaitedForAndAccepted) {
  HeldStatement live(database(), "create index concurrently i on a(n)");
  const std::string theirs = oid("i");
  write("1_a.sql", "create index concurrently if not exists i on a(n);\n");
  const std::jthread releasing = when_told_to_wait([&] { live.release(); });
  const RunReport report = up();
  expect_done(report, {"1 applied"});
  EXPECT_PRED2(contains, listener().waits.at(0), fmt::format("process {} (worker)", live.pid()));
  EXPECT_EQ(ids_of(report.results.at(0).notices), Steps{"server-notice"});  // already exists
  EXPECT_EQ(valid("i"), "t");
  EXPECT_EQ(oid("i"), theirs);
}

TEST_F(HealWait, AnotherSessionsIndexIsNoReasonToSucceed) {
  HeldStatement live(database(), "create index concurrently i on a(n)");
  const std::string theirs = oid("i");
  write("1_a.sql", "create index concurrently i on a(n);\n");
  const std::jthread releasing = when_told_to_wait([&] { live.release(); });
  EXPECT_EQ(fail().sqlstate, "42P07");
  EXPECT_EQ(valid("i"), "t");
  EXPECT_EQ(oid("i"), theirs);
}

TEST_F(HealWait, AnotherSessionThatGivesUpLeavesTheWorkToUs) {
  HeldStatement live(database(), "create index concurrently i on a(n)");
  write("1_a.sql", "create index concurrently i on a(n);\n");
  const std::jthread cancelling = when_told_to_wait([&] { live.cancel(); });
  expect_healed({kDropped});
  EXPECT_EQ(valid("i"), "t");
}

TEST_F(HealWait, TheWaitForAnotherSessionHasALimit) {
  HeldStatement live(database(), "create index concurrently i on a(n)");
  const std::string theirs = oid("i");
  options().lock_wait = std::chrono::milliseconds(60);
  write("1_a.sql", "create index concurrently i on a(n);\n");
  const Finding error = fail(3);
  EXPECT_EQ(error.id, "index-under-construction");
  EXPECT_PRED2(contains, error.detail, fmt::format("process {} (worker)", live.pid()));
  EXPECT_EQ(oid("i"), theirs);
  live.release();
  EXPECT_EQ(valid("i"), "t");
}

// Our own server process, in a session that lost the migrators' lock with its client's pooler.
TEST_F(HealWait, WhatGoesOnWithoutItsClientIsWaitedForAndDone) {
  write("1_a.sql", "create index concurrently i on a(n);\n");
  {
    const Connection holder = hold("lock table a in share update exclusive mode");
    const std::jthread killer = terminate_when_waiting_in("create index concurrently");
    fail(3);
  }
  reconnect();
  HeldStatement live(database(), "create index concurrently i on a(n)");
  const std::string theirs = oid("i");
  const std::jthread releasing = when_told_to_wait([&] { live.release(); });
  expect_healed(
      {"the statement was finished on the server after its client had left: index public.i "
       "exists and is valid"});
  EXPECT_EQ(oid("i"), theirs);
}

}  // namespace
}  // namespace migrator
