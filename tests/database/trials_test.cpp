// Trials on scratch databases: drift, a run from scratch, the way down.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <regex>

#include "engine/pg/script.h"
#include "engine/project/roles_made.h"
#include "engine/run/drift.h"
#include "engine/run/proofs.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_fixture.h"

namespace migrator {
namespace {

class Trials : public RunFixture {
 protected:
  const DatabaseUrl server_ = test_server().url();
  ScratchRoles roles_ = {};

  Drift drift(const std::vector<std::string>& ignored = {}) {
    const ScratchDatabase database(server_, {});
    ScratchRun run(database, table(), options());
    return find_drift(connection(), project(), run, ignored);
  }

  Proof from_scratch() { return prove_from_scratch(bench(), project()); }
  Proof downs(const std::vector<std::string>& ignored = {}) {
    return prove_downs(bench(), project(), ignored);
  }

  static std::vector<std::string> told(const std::vector<Finding>& findings) {
    std::vector<std::string> lines;
    for (const Finding& finding : findings) lines.push_back(finding.id + ": " + finding.message);
    return lines;
  }

  /// Of this test, not of those beside it.
  std::size_t scratch_databases() {
    return std::stoul(
        value("select count(*) from pg_database d where datname like "
              "'migrator\\_scratch\\_%' and exists (select from pg_stat_activity a "
              "where a.datid = d.oid and a.application_name = '" +
              connect_.application_name + " (keeping)')"));
  }

 private:
  Bench bench() {
    roles_.names = roles_made_by(project());
    return {server_, connect_, table(), options(), ScratchKind::own_server, stop().get_token(),
            roles_};
  }

  const ConnectOptions connect_{.application_name = "trial " + database().name()};
};

using Lines = std::vector<std::string>;

TEST_F(Trials, MakeTheRolesOfTheirFilesEachTime) {
  write("1_a.up.sql", "create role trials_maker;");
  write("1_a.down.sql", "drop role trials_maker;");
  for (int time = 0; time < 2; ++time) {
    EXPECT_EQ(told(from_scratch().findings), Lines{});
    EXPECT_EQ(told(downs().findings), Lines{});
  }
}

TEST_F(Trials, TellAgainAndAgainWhomTheyWaitFor) {
  write("1_a.sql", "create role trials_awaited;");
  std::optional<ScratchDatabase> other(std::in_place, server_, ConnectOptions{}, std::stop_token(),
                                       ScratchRoles{.names = {"trials_awaited"}});
  int times = 0;
  roles_.waiting = [&](std::string_view) {
    if (++times == 3) other.reset();
  };
  roles_.wait = std::chrono::seconds(9);
  roles_.tell_every = std::chrono::milliseconds(1);
  EXPECT_EQ(told(from_scratch().findings), Lines{});
  EXPECT_EQ(times, 3);
}

TEST_F(Trials, ADatabaseThatMigrationsMadeHasNoDrift) {
  write("1_a.sql", "create table a (id int generated always as identity, t text default 'x');");
  write("2_b.sql",
        "create materialized view b as select t from a;\n"
        "create unique index concurrently b_t on b (t);");
  write("R__v.sql", "create or replace view v as select t from a;");
  ASSERT_EQ(up().head.exit_code, 0);
  write("3_later.sql", "create table later (i int);");
  EXPECT_EQ(told(drift().findings), Lines{});
}

TEST_F(Trials, DriftIsToldObjectByObject) {
  write("1_a.sql", "create table a (id int, t text); create table gone (i int);");
  ASSERT_EQ(up().head.exit_code, 0);
  sql("alter table a alter id type bigint; create index a_t on a (t); drop table gone");
  const Drift found = drift();
  EXPECT_EQ(found.differences,
            (std::vector<CatalogDifference>{
                {DifferenceKind::different, "column public.a.id", "integer", "bigint"},
                {DifferenceKind::extra,
                 "index public.a_t",
                 {},
                 "CREATE INDEX a_t ON public.a USING btree (t)"},
                {DifferenceKind::missing, "table public.gone", "", {}}}));
  EXPECT_EQ(ids_of(found.findings), (Lines{"drift-different", "drift-extra", "drift-missing"}));
  EXPECT_EQ(ids_of(drift({"table public.a"}).findings), Lines{"drift-missing"});
  EXPECT_EQ(value("select t from a"), "");  // and the database was only looked at
}

TEST_F(Trials, WhoOwnsWhatTheMigrationsMadeIsNoDrift) {
  const std::string role = "owner_of_" + database().name();
  sql("create role " + role + " login; grant create on schema public to " + role);
  DatabaseUrl as_role = DatabaseUrl::parse(
      std::regex_replace(database().url().reveal(), std::regex("user=\\w+"), "user=" + role));
  write("1_a.sql", "create table a (i int); grant select on a to " + role + ", pg_monitor;");
  connection() = Connection::open(as_role, {});
  ASSERT_EQ(up().head.exit_code, 0);
  EXPECT_EQ(told(drift({"grant on schema public *"}).findings), Lines{});
  sql("revoke select on a from pg_monitor");
  EXPECT_EQ(ids_of(drift({"grant on schema public *"}).findings), Lines{"drift-missing"});
  reconnect();
  sql("drop owned by " + role + "; drop role " + role);
}

TEST_F(Trials, WhatIsGoneFromTheFilesIsMadeFromTheHistory) {
  write("1_a.sql", "create table a (i int);");
  write("2_b.sql", "create table b (i int);");
  write("R__v.sql", "create or replace view v as select i from a;");
  ASSERT_EQ(up().head.exit_code, 0);
  remove("2_b.sql");
  write("R__v.sql", "create or replace view v as select i + 1 as i from a;");
  EXPECT_EQ(told(drift().findings), Lines{});
}

TEST_F(Trials, AHalfDoneMigrationHasNoDriftToTell) {
  write("1_a.sql", "-- migrator: transaction off\ncreate table a (i int);\nselect 1 / 0;");
  EXPECT_EQ(error_of(up()).sqlstate, "22012");
  EXPECT_EQ(ids_of(drift().findings), Lines{"drift-unknown"});
}

TEST_F(Trials, MigrationsThatDoNotRunFromScratchAreNamed) {
  write("1_a.sql", "create table a (i int);");
  ASSERT_EQ(up().head.exit_code, 0);
  sql("create table by_hand (i int)");
  write("2_b.sql", "alter table by_hand add j int;");
  ASSERT_EQ(up().head.exit_code, 0);
  const Finding finding = find_finding(drift().findings, "from-scratch-failed");
  EXPECT_EQ(finding.place->line, 1U);
  EXPECT_NE(finding.message.find("by_hand"), std::string::npos) << finding.message;
  EXPECT_EQ(ids_of(from_scratch().findings), Lines{"from-scratch-failed"});
  EXPECT_EQ(ids_of(downs().findings), Lines{"from-scratch-failed"});
}

TEST_F(Trials, ARunFromScratchIsTriedTwice) {
  write("1_a.sql", "create table a (i int primary key);");
  write_seed("10_a.sql", "insert into a values (1);");
  write_seed("20_always.sql",
             "-- migrator: run always\ninsert into a values (2) on conflict do nothing;");
  const Proof proof = from_scratch();
  EXPECT_EQ(told(proof.findings), Lines{});
  EXPECT_EQ(proof.sentence,
            "1 migration and 2 seeds run from scratch, and a second run finds nothing to do");
  EXPECT_FALSE(exists("a"));
  EXPECT_EQ(scratch_databases(), 0U);

  write_seed("20_always.sql", "-- migrator: run always\ninsert into a values (2);");
  EXPECT_EQ(ids_of(from_scratch().findings), Lines{"second-run-failed"});
  write_seed("20_always.sql",
             "-- migrator: run always\ncreate table if not exists b (i int);"
             "alter table b add unique (i);");
  EXPECT_EQ(told(from_scratch().findings),
            Lines{"second-run-changes: a second run changed the schema: constraint b_i_key1 on "
                  "public.b is extra"});
}

TEST_F(Trials, ADownPartThatTakesAllBackIsProved) {
  write("1_a.sql", "-- migrate:up\ncreate table a (i int);\n-- migrate:down\ndrop table a;");
  write("2_b.sql", "create table b (i int);");
  write("3_c.sql",
        "-- migrate:up\nalter table a add j int;\n-- migrate:down\nalter table a drop j;");
  write("R__v.sql", "create or replace view v as select * from a;");
  const Proof proof = downs();
  EXPECT_EQ(told(proof.findings), (Lines{"down-loses-data: undoing this loses the rows of a",
                                         "down-loses-data: undoing this loses the values of a.j"}));
  EXPECT_EQ(proof.sentence,
            "undoing and applying again 2 of 3 migrations leaves the schema as it was");
}

TEST_F(Trials, DownPartsThatLeaveSomethingAreNamedAndTheRestIsTried) {
  write("1_a.sql",
        "-- migrate:up\ncreate table a (i int);create table x (i int);\n"
        "-- migrate:down\ndrop table a;");
  write("2_b.sql", "-- migrate:up\ncreate table b (i int);\n-- migrate:down\ndrop table bb;");
  write("3_c.sql", "-- migrate:up\ndrop table x;\n-- migrate:down\ncreate table x (i bigint);");
  write("4_d.sql", "-- migrate:up\ncreate table d (i int);\n-- migrate:down\ndrop table d;");
  std::vector<Finding> findings = downs().findings;
  std::erase_if(findings, [](const Finding& one) { return one.severity == Severity::note; });
  for (Finding& finding : findings) {
    const std::size_t folder = finding.message.find(project_folder().string());
    EXPECT_EQ(folder, std::string::npos);
    EXPECT_TRUE(finding.place);
  }
  EXPECT_EQ(told(findings),
            (Lines{"down-incomplete: undoing migrations/1_a.sql leaves table public.x",
                   "down-failed: undoing migrations/2_b.sql fails: table \"bb\" does not exist",
                   "down-incomplete: undoing migrations/3_c.sql leaves another column "
                   "public.x.i than there was"}));
  findings = downs({"table public.x"}).findings;
  std::erase_if(findings, [](const Finding& one) { return one.severity == Severity::note; });
  EXPECT_EQ(ids_of(findings), (Lines{"up-again-failed", "down-failed"}));
  EXPECT_EQ(scratch_databases(), 0U);
}

TEST_F(Trials, AStopEndsThemAndLeavesNothing) {
  write("1_a.sql", "create table a (i int); select pg_sleep(60);");
  std::jthread stopper([&] {
    Connection look = connect();
    wait_until([&] {
      return !look.query(
                      "select from pg_stat_activity where query like '%pg_sleep(60)%' and "
                      "datname like 'migrator\\_scratch\\_%' and state = 'active'")
                  .empty();
    });
    stop().request_stop();
  });
  const Finding finding = expect_error(ErrorKind::migration, [&] { from_scratch(); });
  EXPECT_EQ(finding.id, "cancelled");  // and not that the files are wrong
  EXPECT_EQ(scratch_databases(), 0U);
}

}  // namespace
}  // namespace migrator
