// The _ccnew and _ccold that a broken-off REINDEX CONCURRENTLY leaves.
#include <fmt/format.h>

#include <thread>

#include "tests/support/heal_fixture.h"
#include "tests/support/held_statement.h"

namespace migrator {
namespace {

using HealReindex = HealFixture;

TEST_F(HealReindex, WhatReindexLeftNew) {
  sql("create index i on a(n); create index j on a(m)");
  {
    HeldStatement other(database(), "reindex index concurrently j");
    other.cancel();
  }
  const std::string theirs = oid("j_ccnew");
  write("1_a.sql", "-- migrator: lock-timeout 50ms\nreindex index concurrently i;\n");
  {
    const Connection holder = hold("lock table a in row exclusive mode");
    EXPECT_EQ(fail().sqlstate, "55P03");
    EXPECT_EQ(valid("i_ccnew"), "f");
  }
  const std::string before = oid("i");
  expect_healed({"dropped the invalid index public.i_ccnew, left by an earlier try"});
  EXPECT_EQ(valid("i"), "t");
  EXPECT_NE(oid("i"), before);
  EXPECT_EQ(valid("i_ccnew"), "");
  EXPECT_EQ(oid("j_ccnew"), theirs);
}

TEST_F(HealReindex, WhatReindexLeftOld) {
  sql("create index i on a(n); create index j on a(m)");
  write("1_a.sql", "-- migrator: lock-timeout 50ms\nreindex table concurrently a;\n");
  {
    const Connection holder = hold("select from a");  // waited for when the indexes have swapped
    EXPECT_EQ(fail().sqlstate, "55P03");
  }
  EXPECT_EQ(valid("i_ccold"), "f");
  EXPECT_EQ(valid("j_ccold"), "f");
  expect_healed({"dropped the invalid index public.i_ccold, left by an earlier try",
                 "dropped the invalid index public.j_ccold, left by an earlier try"});
  EXPECT_EQ(
      value("select string_agg(indexrelid::regclass || ' ' || indisvalid, ', ' "
            "order by indexrelid::regclass::text) from pg_index where indrelid = 'a'::regclass"),
      "i true, j true");
}

TEST_F(HealReindex, WhatReindexOfASchemaLeft) {
  sql("create schema s; create table s.b(n int); create index b_i on s.b(n);"
      "create index i on a(n)");
  {
    HeldStatement other(database(), "reindex index concurrently i", "select from a");
    other.cancel();
  }
  write("1_a.sql", "-- migrator: lock-timeout 50ms\nreindex schema concurrently s;\n");
  {
    const Connection holder = hold("select from s.b");
    EXPECT_EQ(fail().sqlstate, "55P03");
  }
  EXPECT_EQ(valid("s.b_i_ccold"), "f");
  expect_healed({"dropped the invalid index s.b_i_ccold, left by an earlier try"});
  EXPECT_EQ(valid("s.b_i_ccold"), "");
  EXPECT_EQ(valid("s.b_i"), "t");
  EXPECT_EQ(valid("i_ccold"), "f") << "of another schema";
}

/// A table with an index of its own and one of its TOAST table, which only superusers may name.
class HealToast : public HealReindex {
 protected:
  HealToast() {
    sql("alter table a add t text; create index i on a(n);"
        "alter table a owner to pg_monitor; grant create on schema public to pg_monitor");
    toast_ = value(
        "select 'pg_toast.' || relname from pg_class where oid = "
        "(select indexrelid from pg_index where indrelid = "
        "(select reltoastrelid from pg_class where oid = 'a'::regclass))");
  }
  void leave_old_ones() {
    const Connection holder = hold("select from a");
    EXPECT_EQ(fail().sqlstate, "55P03");
    EXPECT_EQ(valid("i_ccold"), "f");
    EXPECT_EQ(valid(toast_ + "_ccold"), "f");
  }

  std::string toast_;
};

TEST_F(HealToast, ASuperuserDropsTheLeftoverOfTheToastTable) {
  write("1_a.sql", "-- migrator: lock-timeout 50ms\nreindex table concurrently a;\n");
  leave_old_ones();
  expect_healed({"dropped the invalid index " + toast_ + "_ccold, left by an earlier try",
                 "dropped the invalid index public.i_ccold, left by an earlier try"});
  EXPECT_EQ(valid(toast_ + "_ccold"), "");
  EXPECT_EQ(valid(toast_), "t");
}

TEST_F(HealToast, AnOwnerIsToldOfTheLeftoverOfTheToastTable) {
  write("1_a.sql",
        "-- migrator: lock-timeout 50ms\nset role pg_monitor;\nreindex table concurrently a;\n");
  leave_old_ones();
  const RunReport report = up();
  expect_done(report, {"1 applied"});
  const std::vector<Finding>& notices = report.results.at(0).notices;
  EXPECT_EQ(find_finding(notices, "leftover-kept").message,
            "the invalid index " + toast_ +
                "_ccold, left by an earlier try, stays: this role may not drop it");
  EXPECT_EQ(find_finding(notices, "healed").message,
            "dropped the invalid index public.i_ccold, left by an earlier try");
  EXPECT_EQ(valid("i"), "t");
  EXPECT_EQ(valid(toast_ + "_ccold"), "f");
}

}  // namespace
}  // namespace migrator
