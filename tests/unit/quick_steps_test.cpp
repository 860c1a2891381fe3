#include "engine/plan/quick_steps.h"

#include <gtest/gtest.h>

#include "engine/plan/segments.h"

namespace migrator {
namespace {

/// For each text, a file of its own, whether it goes together with others ('+'), and is tidy ('*').
std::string quick(const std::vector<std::string>& texts) {
  QuickSteps judge;
  std::string answers;
  for (const std::string& text : texts) {
    const Part part{.file = "1_a.sql", .text = text};
    Step step{.id = "1", .name = "a", .part = &part, .checksums = {}, .segments = {}};
    step.segments = cut_segments(part).segments;
    const Pace pace = judge.take(step);
    answers += pace == Pace::slow ? '-' : pace == Pace::quick ? '+' : '*';
  }
  return answers;
}

TEST(QuickSteps, AreThoseThatReadNoTable) {
  for (const char* text :
       {"create table t (at timestamp with time zone, n int generated always as identity)",
        "comment on table t is 'x'", "grant select on t to public",
        "create or replace view v as select * from t", "create type m as enum ('a')",
        "create function f() returns int language sql as $$ select count(*) from t $$",
        "alter table t add column n int", "alter table t add column n int default 0",
        "drop table t", "create schema s", ""})
    EXPECT_EQ(quick({text}), "*") << text;
}

TEST(QuickSteps, AreNotTidyWhereTheyMayLeaveSomethingInTheSession) {
  for (const char* text : {"insert into t values (1), (2)", "create temp table t (n int)",
                           "create table t (n int); insert into t values (1)"})
    EXPECT_EQ(quick({text}), "+") << text;
}

TEST(QuickSteps, AreNotThoseThatMayTakeLong) {
  for (const char* text : {"update t set n = 1",
                           "delete from t",
                           "insert into t select * from u",
                           "insert into t values ((select max(n) from u))",
                           "select f()",
                           "do $$ begin end $$",
                           "create table t as select * from u",
                           "create table t as table u",
                           "create table t partition of p for values in (1)",
                           "create index on t (n)",
                           "alter table t alter n type text",
                           "alter table t alter n set not null",
                           "alter table t add check (n > 0)",
                           "alter table t add foreign key (n) references u",
                           "alter table p attach partition t for values in (1)",
                           "refresh materialized view m",
                           "create materialized view m as select * from t",
                           "set lock_timeout = 0",
                           "copy t from stdin;\n1\n\\.\n",
                           "select 'select 1' \\gexec\n",
                           "\\echo x\n",
                           "create index concurrently i on t (n)",
                           "vacuum t"})
    EXPECT_EQ(quick({text}), "-") << text;
}

TEST(QuickSteps, KnowTheTablesThatTheyMake) {
  EXPECT_EQ(quick({"create table t (n int)", "create index on t (n)",
                   "alter table t alter n set not null"}),
            "***");
  EXPECT_EQ(quick({"create table s.t (n int); create unique index i on s.t (n)"}), "*");
  EXPECT_EQ(quick({"create table if not exists t (n int)", "create index on t (n)"}), "*-");
  EXPECT_EQ(
      quick({"create table t (n int)", "copy t from stdin;\n1\n\\.\n", "create index on t (n)"}),
      "*--");
  EXPECT_EQ(quick({"create table t (n int)", "drop table t; alter table big rename to t",
                   "create index on t (n)"}),
            "**-");
  EXPECT_EQ(quick({"create table p (n int) partition by list (n)",
                   "alter table p attach partition big for values in (1)"}),
            "*-");
}

TEST(QuickSteps, TheServerWouldCutLongNamesBeforeItSaysOfWhichStatement) {
  const std::string name(64, 'a');
  EXPECT_EQ(quick({"create table " + name + " (n int)"}), "-");
  EXPECT_EQ(quick({"create table \"" + name + "\" (n int)"}), "-");
  EXPECT_EQ(quick({"insert into t values ('" + name + "')"}), "+");
}

}  // namespace
}  // namespace migrator
