// What a broken-off CREATE or DROP INDEX CONCURRENTLY leaves, and how the next `up` heals it.
#include <fmt/format.h>

#include <optional>
#include <thread>

#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/heal_fixture.h"

namespace migrator {
namespace {

using Steps = std::vector<std::string>;

using HealIndex = HealFixture;

const std::string kDropped = "dropped the invalid index public.i, left by an earlier try";
const std::string kRunAgain =
    "it was running when its migrator left, and is run again: table a has no index i";

TEST_F(HealIndex, DuplicatesAreMendedAndTheIndexIsBuilt) {
  sql("insert into a values (1, 2)");
  for (const std::string create : {"index concurrently i", "index concurrently if not exists i"}) {
    sql("drop index if exists i; truncate a; insert into a values (1, 1), (1, 2)");
    if (exists("schema_migrations")) sql("delete from schema_migrations");
    write("1_a.sql", fmt::format("create unique {} on a(n);\n", create));
    EXPECT_EQ(fail().sqlstate, "23505");
    EXPECT_EQ(valid("i"), "f");
    EXPECT_EQ(fail().sqlstate, "23505") << "nothing was mended";
    EXPECT_EQ(history(), Steps{"1 failed 0/1"});
    sql("delete from a where m = 2");
    expect_healed({kDropped});
    EXPECT_EQ(valid("i"), "t");
    EXPECT_THROW(sql("insert into a values (1, 3)"), Error);
  }
}

TEST_F(HealIndex, AnIndexWithoutAName) {
  sql("insert into a values (1, 2); create index on a(m)");
  write("1_a.sql", "create unique index concurrently on a(n);\n");
  EXPECT_EQ(fail().sqlstate, "23505");
  EXPECT_EQ(valid("a_n_idx"), "f");
  sql("delete from a where m = 2");
  expect_healed({"dropped the invalid index public.a_n_idx, left by an earlier try"});
  EXPECT_EQ(valid("a_n_idx"), "t");
  EXPECT_EQ(valid("a_m_idx"), "t");
  EXPECT_EQ(valid("a_n_idx1"), "");
}

TEST_F(HealIndex, ATimeoutOfTheDirective) {
  write("1_a.sql", "-- migrator: statement-timeout 500ms\ncreate index concurrently i on a(n);\n");
  {
    const Connection holder = hold();
    EXPECT_EQ(fail().sqlstate, "57014");
  }
  EXPECT_EQ(valid("i"), "f");
  expect_healed({kDropped});
  EXPECT_EQ(valid("i"), "t");
}

TEST_F(HealIndex, ATimeoutThatTheFileSet) {
  write("1_a.sql",
        "set statement_timeout = '500ms';\ncreate index concurrently i on a(n);\nselect 1;\n");
  {
    const Connection holder = hold("lock table a in row exclusive mode");
    EXPECT_EQ(fail().sqlstate, "57014");
    EXPECT_EQ(valid("i"), "f");
    // The drop waits for the same transaction, and the leftover stays as it was.
    const Finding error = fail();
    EXPECT_EQ(error.sqlstate, "57014");
    EXPECT_PRED2(contains, error.message, "cannot drop the invalid index public.i");
    EXPECT_EQ(error.place.value_or(Place{}).line, 2u);
    EXPECT_EQ(valid("i"), "f");
  }
  EXPECT_EQ(history(), Steps{"1 failed 1/3"});
  expect_healed({kDropped});
  EXPECT_EQ(valid("i"), "t");
}

TEST_F(HealIndex, ALockTimeout) {
  write("1_a.sql", "-- migrator: lock-timeout 50ms\ncreate index concurrently i on a(n);\n");
  {
    const Connection holder = hold("lock table a in row exclusive mode");
    EXPECT_EQ(fail().sqlstate, "55P03");
  }
  EXPECT_EQ(valid("i"), "f");
  expect_healed({kDropped});
  EXPECT_EQ(valid("i"), "t");
}

TEST_F(HealIndex, AnEndedSessionThatWaitedForAnOldSnapshot) {
  write("1_a.sql", "create index concurrently i on a(n);\n");
  Connection holder = hold();
  {
    const std::jthread killer = terminate_when_waiting_in("create index concurrently");
    EXPECT_EQ(fail(3).id, "connection-lost");
  }
  EXPECT_EQ(history(), Steps{"1 started 0/1"});
  EXPECT_EQ(valid("i"), "f");
  reconnect();
  // It is there still, and is waited for without a limit.
  const std::jthread releasing =
      when_waiting_in("create index concurrently", [&] { run_command(holder, "rollback"); });
  expect_healed({kDropped, kRunAgain});
  EXPECT_EQ(valid("i"), "t");
}

TEST_F(HealIndex, AnEndedSessionThatWaitedForAWriter) {
  write("1_a.sql", "create index concurrently i on a(n);\n");
  Connection holder = hold("lock table a in row exclusive mode");
  {
    const std::jthread killer = terminate_when_waiting_in("create index concurrently");
    EXPECT_EQ(fail(3).id, "connection-lost");
  }
  EXPECT_EQ(valid("i"), "f");
  reconnect();
  // Dropping waits for it as well.
  const std::jthread releasing =
      when_waiting_in("drop index concurrently", [&] { run_command(holder, "rollback"); });
  expect_healed({kDropped, kRunAgain});
  EXPECT_EQ(valid("i"), "t");
}

TEST_F(HealIndex, AnInvalidIndexOfThatNameOnAnotherTableIsNotOurs) {
  sql("create schema s; create table s.a(n int); insert into s.a values (1), (1)");
  EXPECT_THROW(sql("create unique index concurrently i on s.a(n)"), Error);
  const std::string theirs = oid("s.i");
  write("1_a.sql", "create index concurrently i on a(n);\n");
  expect_healed({});
  EXPECT_EQ(valid("i"), "t");
  EXPECT_EQ(valid("s.i"), "f");
  EXPECT_EQ(oid("s.i"), theirs);
}

TEST_F(HealIndex, ADropThatWasBrokenOff) {
  sql("create index i on a(n)");
  write("1_a.sql", "-- migrator: lock-timeout 50ms\ndrop index concurrently i;\n");
  {
    const Connection holder = hold("select from a");
    EXPECT_EQ(fail().sqlstate, "55P03");
  }
  EXPECT_EQ(valid("i"), "f");
  expect_healed({});
  EXPECT_FALSE(exists("i"));
}

TEST_F(HealIndex, ADropWhoseSessionEndedWhenTheIndexWasDead) {
  sql("create index i on a(n)");
  write("1_a.sql", "drop index concurrently i;\n");
  Connection first = hold("select from a");
  std::optional<Connection> second;
  {
    const std::jthread killer = when_waiting_in("drop index concurrently", [&] {
      second = hold("select from a");
      run_command(first, "rollback");
      wait_until([&] {
        return value(
                   "select indislive from pg_index "
                   "where indexrelid = 'i'::regclass") == "f";
      });
      sql(fmt::format("select pg_terminate_backend({})", connection().backend_pid()));
    });
    fail(3);
  }
  second.reset();
  reconnect();
  expect_healed(
      {"it was running when its migrator left, and is run again: index public.i still "
       "exists, invalid by now"});
  EXPECT_FALSE(exists("i"));
}

}  // namespace
}  // namespace migrator
