// What a run on a scratch database sees of each statement, on a real server: each kind of
// observation, what must not be taken for one, and what the rules make of it.
#include "engine/run/observe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "engine/lint/rule.h"
#include "tests/support/expect_error.h"
#include "tests/support/observe_fixture.h"

namespace migrator {
namespace {

TEST_F(Observe, SeesLocksOnWhatWasThere) {
  EXPECT_EQ(seen(check("alter table users add a text;")), "ACCESS EXCLUSIVE on users");
  EXPECT_EQ(seen(check("create table fresh (id bigint references users);\n"
                       "create index on fresh (id);")),
            "SHARE ROW EXCLUSIVE on users");
  const CheckReport two = check(
      "alter table users add constraint a foreign key (age) references orgs not valid;\n"
      "alter table orgs add b text;");
  EXPECT_EQ(seen(two), "SHARE ROW EXCLUSIVE on orgs, users");
  EXPECT_EQ(seen(two, 1), "ACCESS EXCLUSIVE on orgs");
  ASSERT_EQ(two.observed->statements.size(), 2U);
  EXPECT_EQ(two.observed->statements[1].held.size(), 2U);
  EXPECT_EQ(seen(check("lock table users;\ndrop index users_org;"), 1),
            "gone: index users_org of users");
  EXPECT_GT(two.observed->statements[0].locked_for, two.observed->statements[0].duration);
}

TEST_F(Observe, SeesRewritesAndScans) {
  EXPECT_EQ(seen(check("alter table users add a uuid default gen_random_uuid();")),
            "ACCESS EXCLUSIVE on users; users written anew; users read to the end");
  EXPECT_EQ(seen(check("alter table users alter age set not null;")),
            "ACCESS EXCLUSIVE on users; users read to the end");
  EXPECT_EQ(seen(check("create index users_age on users (age);")),
            "SHARE on users; users read to the end");
  EXPECT_EQ(seen(check("truncate logs;")), "ACCESS EXCLUSIVE on logs; logs emptied");
  EXPECT_EQ(seen(check("truncate users;")), "ACCESS EXCLUSIVE on users; users emptied");
  EXPECT_EQ(seen(check("refresh materialized view totals;")),
            "ACCESS EXCLUSIVE on materialized view totals; totals computed anew");
  EXPECT_EQ(seen(check("reindex index users_org;")),
            "ACCESS EXCLUSIVE on index users_org; SHARE on users; users read to the end; "
            "users_org built anew");
}

TEST_F(Observe, SeesWhatHappensOutsideATransaction) {
  EXPECT_EQ(seen(check("create index concurrently users_age on users (age);")),
            "SHARE UPDATE EXCLUSIVE on users");
  // So many rows that whoever looks on is not too late.
  write("0_large.sql", "create table large as select * from generate_series(1, 90000) n;");
  EXPECT_EQ(seen(check("vacuum full large;")), "ACCESS EXCLUSIVE on large; large written anew");
}

TEST_F(Observe, LetsVacuumCutOffTheEndOfAFile) {
  write("1_base.sql",
        "create table large as select n, repeat('x', 200) as t from generate_series(1, 20000) n;");
  write("2_new.sql", "delete from large where n > 10;");
  write("3_vacuum.sql", "vacuum (verbose, full off) large;");
  // Whoever connects to the server at that moment may keep the rows for a while.
  bool is_cut_off = false;
  for (int time = 0; time < 5 && !is_cut_off; ++time) {
    const TestDatabase scratch;
    const CheckReport report =
        check_in(scratch, {.new_since_base = std::set<std::string>{"2", "3"}});
    EXPECT_PRED2(contains, seen(report), "19990 deleted");
    EXPECT_FALSE(contains(seen(report, 1), "ACCESS EXCLUSIVE on")) << seen(report, 1);
    EXPECT_LT(report.observed->statements.at(1).duration, std::chrono::seconds(4));
    Connection connection = scratch.connect();
    is_cut_off = connection.query("select pg_relation_size('large') < 100000").at(0).at(0) == "t";
  }
  EXPECT_TRUE(is_cut_off);
}

TEST_F(Observe, SeesRowsLossesAndSettings) {
  EXPECT_EQ(seen(check("update users set age = 1;")),
            "ROW EXCLUSIVE on users; rows of users: 3 updated");
  EXPECT_EQ(seen(check("drop table users cascade;")),
            "ACCESS EXCLUSIVE on orgs, users, view emails, materialized view totals; gone: table "
            "users, view emails, materialized view totals");
  EXPECT_EQ(seen(check("set search_path = public;")), "settings kept: search_path");
  EXPECT_EQ(seen(check("set local statement_timeout = '5s';")), "");
}

TEST_F(Observe, HearsTheServerInEachNewFile) {
  write("1_base.sql",
        "do $$ begin execute 'create table t1 (n int)'; "
        "execute 'create table t2 (n int)'; end $$;");
  write("3_more.sql", "do $$ begin execute 'alter table t2 alter n type bigint'; end $$;");
  const CheckReport report =
      check("do $$ begin execute 'alter table t1 alter n type bigint'; end $$;");
  EXPECT_PRED2(contains, seen(report), "t1 written anew");
  EXPECT_PRED2(contains, seen(report, 1), "t2 written anew");
}

TEST_F(Observe, KnowsAFileWrittenAnewFromAnEmptiedOne) {
  EXPECT_EQ(seen(check("do $$ begin execute 'cluster users using users_pkey'; end $$;")),
            "ACCESS EXCLUSIVE on users; users written anew; users read to the end");
  EXPECT_EQ(seen(check("do $$ begin execute 'truncate logs'; end $$;")),
            "ACCESS EXCLUSIVE on logs; logs emptied");
  EXPECT_EQ(seen(check("do $$ begin execute 'truncate logs'; "
                       "insert into logs values (1); end $$;")),
            "ACCESS EXCLUSIVE on logs; logs emptied; rows of logs: 1 inserted");
}

TEST_F(Observe, HearsTheServerWhereEachFileComesByItself) {
  write("1_base.sql",
        "do $$ begin execute 'create table t1 (n int)'; end $$;\n"
        "insert into t1 values (1);");
  write("2_new.sql", "do $$ begin execute 'alter table t1 alter n type bigint'; end $$;");
  const CheckReport report = check_all({});
  EXPECT_PRED2(contains, seen(report, 2), "t1 written anew");
}

TEST_F(Observe, TellsOfAPartitionedTableOnce) {
  write("1_base.sql", R"(
create table events (at date not null, x int) partition by range (at);
create table events_1 partition of events for values from ('2024-01-01') to ('2025-01-01');
create table events_2 partition of events for values from ('2025-01-01') to ('2026-01-01');
)");
  const CheckReport named = check("alter table events add y int;");
  EXPECT_EQ(seen(named), "ACCESS EXCLUSIVE on events, events_1, events_2");
  EXPECT_FALSE(finding(named, "unforeseen-lock"));
  const CheckReport parts = check(
      "do $$ begin execute 'alter table events_1 alter x set default 1'; "
      "execute 'alter table events_2 alter x set default 1'; end $$;");
  ASSERT_EQ(std::ranges::count(parts.findings, "unforeseen-lock", &Finding::id), 1);
  EXPECT_TRUE(finding(parts, "unforeseen-lock")
                  ->message.starts_with("events_1, with 1 other partition of events, is closed"))
      << finding(parts, "unforeseen-lock")->message;
}

TEST_F(Observe, TakesNoLimitOfItsOwnForASettingThatIsKept) {
  const CheckReport report =
      check("alter table users add a int;\ncreate index concurrently users_age on users (age);");
  EXPECT_EQ(seen(report, 1), "SHARE UPDATE EXCLUSIVE on users");
  EXPECT_FALSE(finding(report, "session-setting-leak"));
  EXPECT_EQ(seen(check("select set_config('lock_timeout', '7s', false);\n"
                       "create index concurrently users_age on users (age);"),
                 1),
            "SHARE UPDATE EXCLUSIVE on users; settings kept: lock_timeout");
}

TEST_F(Observe, TellsARefusalOnce) {
  const CheckReport change = check("alter table users alter email type int using 1;");
  EXPECT_EQ(change.findings.size(), 1U);
  ASSERT_TRUE(finding(change, "blocked-by-dependent")) << seen(change);
  EXPECT_PRED2(contains, finding(change, "blocked-by-dependent")->detail, "0A000");
  EXPECT_EQ(change.head.exit_code, 1);
  const CheckReport allowed = check(
      "-- migrator: allow blocked-by-dependent why not\n"
      "alter table users alter email type int using 1;");
  EXPECT_TRUE(finding(allowed, "statement-failed"));
  const CheckReport wrong = check("alter table users frobnicate;");
  ASSERT_EQ(wrong.findings.size(), 1U);
  EXPECT_EQ(wrong.findings[0].sqlstate, "42601");
  const CheckReport stray = check("select 1);");
  EXPECT_FALSE(stray.observed);
  EXPECT_TRUE(finding(stray, "not-observed"));
  EXPECT_FALSE(finding(stray, "syntax-error-for-parser"));
}

TEST_F(Observe, SaysWhatAScratchServerLacks) {
  const CheckReport role = check("grant select on users to nobody_of_that_name;");
  ASSERT_TRUE(finding(role, "statement-failed"));
  EXPECT_PRED2(contains, finding(role, "statement-failed")->next, "on the scratch server");
  const CheckReport twice = check("create role postgres;");
  ASSERT_TRUE(finding(twice, "statement-failed"));
  EXPECT_PRED2(contains, finding(twice, "statement-failed")->next, "name another server");
  const CheckReport extension = check("create extension no_such_extension;");
  ASSERT_TRUE(finding(extension, "statement-failed"));
  EXPECT_PRED2(contains, finding(extension, "statement-failed")->next, "install it");
}

TEST_F(Observe, WinsAgainstARule) {
  write("1_base.sql", "do $$ begin execute 'create table hidden (a varchar(9))'; end $$;");
  const CheckReport report = check("alter table hidden alter a type text;");
  const Finding* change = finding(report, "change-column-type");
  ASSERT_TRUE(change);
  EXPECT_EQ(change->severity, Severity::note);
  EXPECT_EQ(change->detail,
            "the run did not show that anything is written anew, and counts: ACCESS EXCLUSIVE on "
            "hidden");
  EXPECT_EQ(report.head.exit_code, 0);
}

TEST_F(Observe, ConfirmsARule) {
  const CheckReport report = check("create index users_age on users (age);");
  const Finding* found = finding(report, "create-index-not-concurrent");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->severity, Severity::error);
  EXPECT_EQ(found->detail, "the run: SHARE on users; users read to the end");
  EXPECT_EQ(report.findings.size(), 1U);
}

TEST_F(Observe, FindsWhatNoTextTells) {
  const CheckReport rewrite = check(
      "do $$ begin execute 'alter table users add a uuid default gen_random_uuid()'; end $$;");
  ASSERT_TRUE(finding(rewrite, "unforeseen-rewrite"));
  EXPECT_EQ(finding(rewrite, "unforeseen-rewrite")->message, "all of users is written anew");
  const CheckReport scan =
      check("do $$ begin execute 'alter table users alter age set not null'; end $$;");
  ASSERT_TRUE(finding(scan, "unforeseen-scan"));
  const CheckReport lock = check("do $$ begin execute 'alter table users add a int'; end $$;");
  ASSERT_TRUE(finding(lock, "unforeseen-lock"));
  EXPECT_EQ(finding(lock, "unforeseen-lock")->severity, Severity::warning);
  EXPECT_EQ(finding(lock, "unforeseen-lock")->message,
            "users is closed to reads and writes (ACCESS EXCLUSIVE) to the end of the "
            "transaction, and the statement does not name it");
  const CheckReport loss = check("do $$ begin execute 'drop view ' || 'em' || 'ails'; end $$;");
  ASSERT_TRUE(finding(loss, "unforeseen-loss"));
  EXPECT_EQ(finding(loss, "unforeseen-loss")->message,
            "the view emails is gone, and the statement does not name it");
  const CheckReport partner = check("drop table users cascade;");
  ASSERT_TRUE(finding(partner, "unforeseen-lock"));
  EXPECT_TRUE(finding(partner, "unforeseen-lock")->message.starts_with("orgs is closed"));
  ASSERT_TRUE(finding(partner, "drop-cascade"));
  EXPECT_NE(finding(partner, "drop-cascade")->detail.find("gone: table users, view emails"),
            std::string::npos);
}

TEST_F(Observe, HonoursWhatIsAllowed) {
  const CheckReport report = check(
      "-- migrator: allow unforeseen-lock it is short\n"
      "do $$ begin execute 'alter table users add a int'; end $$;");
  EXPECT_FALSE(finding(report, "unforeseen-lock"));
  EXPECT_FALSE(finding(report, "unused-allow"));
}

TEST_F(Observe, TellsWhatFailsByRowsAndGoesOn) {
  write("3_later.sql", "alter table orgs add b int;");
  const CheckReport report = check("alter table users add country text not null;");
  EXPECT_TRUE(seen(report).starts_with("failed: ")) << seen(report);
  ASSERT_TRUE(finding(report, "add-column-not-null-no-default"));
  EXPECT_NE(finding(report, "add-column-not-null-no-default")->detail.find("23502"),
            std::string::npos);
  EXPECT_FALSE(finding(report, "statement-failed"));
  EXPECT_EQ(seen(report, 1), "ACCESS EXCLUSIVE on orgs");
  const CheckReport insert = check(
      "alter table orgs add constraint one check (id < 10) not valid;\n"
      "update orgs set name = 'a';");
  ASSERT_TRUE(finding(insert, "unforeseen-failure"));
  EXPECT_EQ(finding(insert, "unforeseen-failure")->severity, Severity::warning);
}

TEST_F(Observe, SeesWhatAStatementDoesThatFailsByMadeUpRows) {
  write("1_base.sql", R"(
create table events (at date not null) partition by range (at);
create table events_rest partition of events default;
create table events_new (at date not null);
)");
  const CheckReport report = check(
      "alter table events attach partition events_new for values from ('1980-01-01') to "
      "('1981-01-01');");
  const Finding* failure = finding(report, "unforeseen-failure");
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->severity, Severity::note);
  ASSERT_TRUE(finding(report, "attach-partition-scan"));
  EXPECT_PRED2(contains, finding(report, "attach-partition-scan")->detail,
               "SHARE UPDATE EXCLUSIVE on events; ");
}

TEST_F(Observe, StopsAtWhatFailsInAnyCase) {
  write("3_later.sql", "alter table orgs add b int;");
  const CheckReport report = check("alter table nowhere add a int;");
  ASSERT_TRUE(finding(report, "statement-failed"));
  EXPECT_EQ(finding(report, "statement-failed")->context, "on the scratch database");
  ASSERT_TRUE(finding(report, "not-observed"));
  EXPECT_EQ(finding(report, "not-observed")->message, "1 file behind it was not run");
  EXPECT_EQ(report.head.exit_code, 1);
  write("2_new.sql", "select 1;");
  write("3_later.sql", "lock table users; drop table users cascade;");
  write("R__v.sql", "create or replace view v as select nothing from users;");
  const CheckReport repeatable = check_all({"3", "R__v"});
  EXPECT_TRUE(finding(repeatable, "statement-failed"));
  EXPECT_FALSE(finding(repeatable, "not-observed"));
}

TEST_F(Observe, SeesAnInvalidIndexThatIsLeft) {
  write("1_base.sql", "create table twice (a int);\ninsert into twice values (1), (1);");
  const CheckReport report = check("create unique index concurrently twice_a on twice (a);");
  ASSERT_TRUE(finding(report, "invalid-index-left"));
  EXPECT_EQ(finding(report, "invalid-index-left")->message,
            "when it fails it leaves the index twice_a invalid");
}

TEST_F(Observe, RunsSeedsBeforeTheNewFiles) {
  write_seed("orgs.sql", "insert into orgs (name) values ('a'), ('b'), ('c'), ('d');");
  EXPECT_EQ(seen(check("update orgs set name = name || '!';")),
            "ROW EXCLUSIVE on orgs; rows of orgs: 4 updated");
}

TEST_F(Observe, WithoutABaseTakesEachFileByItself) {
  write("2_new.sql", "create index on users (age);");
  const CheckReport report = check_all({});
  ASSERT_TRUE(finding(report, "create-index-not-concurrent"));
  EXPECT_EQ(seen(report, 6), "SHARE on users; users read to the end");
  EXPECT_EQ(seen(report, 0), "");
}

/// The rules that a run can confirm. What was run, the server has parsed.
std::vector<std::string> confirmable_rules() {
  std::vector<std::string> ids;
  for (const Rule& rule : rules())
    if (!rule.bad.empty() && rule.witness != Witness::none && rule.id != "syntax-error-for-parser")
      ids.emplace_back(rule.id);
  return ids;
}

class ObserveExample : public Observe, public ::testing::WithParamInterface<std::string> {};

/// The bad example of a rule, run: the rule is right about it.
TEST_P(ObserveExample, ConfirmsItsRule) {
  const Rule& rule = *find_rule(GetParam());
  write("1_base.sql", example_schema());
  CheckOptions options{.new_since_base = std::set<std::string>()};
  std::string_view sql = rule.bad;
  for (int version = 2; !sql.empty(); ++version) {
    const std::size_t end = sql.find("-- next file\n");
    write(std::to_string(version) + "_new.sql", sql.substr(0, end));
    options.new_since_base->insert(std::to_string(version));
    sql = end == sql.npos ? "" : sql.substr(end + 13);
  }
  if (rule.level == Level::off) options.lint.levels[std::string(rule.id)] = Level::warning;
  const CheckReport report = check_in(database(), options);
  const Finding* found = finding(report, rule.id);
  ASSERT_TRUE(found) << seen(report);
  // Some are refused by the server, whatever else they would do; no table has the domain of one.
  const bool failed = std::ranges::any_of(report.observed->statements, [](const Observation& seen) {
    return seen.failure.has_value();
  });
  const bool finds_nothing = rule.id == "alter-domain-constraint" || rule.id == "drop-schema";
  if (failed || finds_nothing) return;
  const bool may_be_silent = rule.witness == Witness::leftover || rule.witness == Witness::data;
  EXPECT_TRUE(may_be_silent || found->detail.starts_with("the run: ")) << found->detail;
  if (rule.level > Level::note) {
    EXPECT_NE(found->severity, Severity::note) << found->detail;
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, ObserveExample, ::testing::ValuesIn(confirmable_rules()),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace migrator
