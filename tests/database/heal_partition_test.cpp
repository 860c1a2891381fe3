// Partitions: a DETACH CONCURRENTLY that was broken off is finished, and a partitioned parent's
// index, which is invalid until all partitions have theirs, is never taken for a leftover.
#include <fmt/format.h>

#include <thread>

#include "engine/pg/script.h"
#include "tests/support/expect_error.h"
#include "tests/support/heal_fixture.h"
#include "tests/support/held_statement.h"

namespace migrator {
namespace {

using Steps = std::vector<std::string>;

class HealPartition : public HealFixture {
 protected:
  HealPartition() {
    sql("create table p(n int) partition by list (n);"
        "create table p1 partition of p for values in (1);"
        "create table p2 partition of p for values in (2);"
        "insert into p values (1), (2)");
  }
  /// "p1 false, p2 true": which are attached, and whether they are being detached.
  std::string children() {
    return value(
        "select string_agg(inhrelid::regclass || ' ' || inhdetachpending, ', ' "
        "order by inhrelid::regclass::text) "
        "from pg_inherits where inhparent = 'p'::regclass");
  }
};

const std::string kDetached = "finished detaching p1 from p, begun by an earlier try";

TEST_F(HealPartition, ADetachThatTimedOutIsFinished) {
  write("1_a.sql",
        "-- migrator: lock-timeout 50ms\nalter table p detach partition p1 concurrently;\n"
        "insert into p1 values (1);\n");
  {
    const Connection holder = hold("select from p");
    EXPECT_EQ(fail().sqlstate, "55P03");
  }
  EXPECT_EQ(children(), "p1 true, p2 false");
  expect_healed({kDetached});
  EXPECT_EQ(children(), "p2 false");
  EXPECT_EQ(value("select count(*) from p1"), "2");
  EXPECT_EQ(history(), Steps{"1 applied 2/2"});
}

TEST_F(HealPartition, ADetachWhoseSessionEndedIsFinished) {
  write("1_a.sql", "alter table p detach partition p1 concurrently;\n");
  {
    const Connection holder = hold("select from p");
    const std::jthread killer = terminate_when_waiting_in("alter table p detach");
    fail(3);
  }
  EXPECT_EQ(children(), "p1 true, p2 false");
  reconnect();
  expect_healed({kDetached});
  EXPECT_EQ(children(), "p2 false");
}

// It was finished for the other session, which then failed.
TEST_F(HealPartition, ADetachOfAnotherSessionIsWaitedFor) {
  HeldStatement live(database(), "alter table p detach partition p1 concurrently", "select from p");
  EXPECT_EQ(children(), "p1 true, p2 false");
  write("1_a.sql", "alter table p detach partition p1 concurrently;\n");
  std::jthread releasing = when_told_to_wait([&] { live.release(); });
  EXPECT_PRED2(contains, fail().message, "not a partition");
  EXPECT_PRED2(contains, listener().waits.at(0), fmt::format("process {} (worker)", live.pid()));
  releasing.join();
  EXPECT_EQ(live.failure().value_or(Finding{}).message, "");
  EXPECT_EQ(children(), "p2 false");
}

TEST_F(HealPartition, AParentsIndexIsNeverDropped) {
  sql("create index p_i on only p(n)");
  const std::string parent = oid("p_i");
  EXPECT_EQ(valid("p_i"), "f");
  write("1_a.sql",
        "-- migrator: lock-timeout 50ms\ncreate index concurrently p1_i on p1(n);\n"
        "create index concurrently p2_i on p2(n);\n"
        "reindex table concurrently p;\n"
        "alter index p_i attach partition p1_i;\nalter index p_i attach partition p2_i;\n");
  {
    const Connection holder = hold("lock table p2 in row exclusive mode");
    EXPECT_EQ(fail().sqlstate, "55P03");
  }
  EXPECT_EQ(valid("p2_i"), "f");
  expect_healed({"dropped the invalid index public.p2_i, left by an earlier try"});
  EXPECT_EQ(valid("p_i"), "t");
  EXPECT_EQ(oid("p_i"), parent);
}

TEST_F(HealPartition, AParentsIndexIsNotTakenForALeftover) {
  sql("create index p_i on only p(n); create index on only p(n)");
  const std::string parent = oid("p_i"), unnamed = oid("p_n_idx");
  for (const std::string index : {"p_i", "if not exists p_i", ""}) {
    write("1_a.sql", fmt::format("create index concurrently {} on p(n);\n", index));
    for (const std::string time : {"first", "second"})
      EXPECT_PRED2(contains, fail().message, "cannot create index on partitioned table") << time;
    EXPECT_EQ(oid("p_i"), parent);
    EXPECT_EQ(oid("p_n_idx"), unnamed);
  }
}

// An index that is a part of a parent's cannot be dropped; it is said how it becomes valid.
TEST_F(HealPartition, AnAttachedIndexIsNotDropped) {
  sql("create unique index p_i on only p(n); insert into p1 values (1)");
  EXPECT_THROW(sql("create unique index concurrently p1_i on p1(n)"), Error);
  sql("alter index p_i attach partition p1_i");
  const std::string attached = oid("p1_i");
  write("1_a.sql", "create index concurrently if not exists p1_i on p1(n);\n");
  const Finding error = fail();
  EXPECT_EQ(error.id, "index-invalid");
  EXPECT_PRED2(contains, error.next, "REINDEX INDEX CONCURRENTLY public.p1_i");
  EXPECT_EQ(oid("p1_i"), attached);
  sql("delete from p1; reindex index p1_i");
  expect_healed({"relation \"p1_i\" already exists, skipping"});
}

}  // namespace
}  // namespace migrator
